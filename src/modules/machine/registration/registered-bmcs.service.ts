import { Injectable } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isLocalHost, parseBmcAddress } from '../../../shared/net/bmc-address.js';
import { quoteText } from '../../../shared/text.js';
import { mergeBmcRecord, mergeHeldBmcRecord } from '../core/transitions/bmc-record.js';
import type { BmcRecord } from '../bmc-record.js';
import { bmcTable } from '../machine.table.js';
import type { RegistrationScope } from './registration-check.js';
import type { Registration } from './registration.js';

/** Stores what registrations report about BMCs. */
@Injectable()
export class RegisteredBmcs {
  constructor(
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord>,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
    @InjectConfig() private readonly config: Pick<Config, 'bmc'>,
  ) {}

  /**
   * Removes a loopback or link-local address of the BMC, unless the setting allows it: an agent would log in to itself,
   * or to the metadata service of its cloud.
   */
  withoutLocalAddress(registration: Registration): Registration {
    const { bmc } = registration;
    const { host = '' } = parseBmcAddress(bmc?.address ?? '') ?? {};
    const isRefused = !this.config.bmc.localAddresses && isLocalHost(host);
    return bmc && isRefused ? { ...registration, bmc: { ...bmc, address: '' } } : registration;
  }

  /** A refused address changes nothing: a machine with an unusual BMC can still register. */
  warnOfRefusedAddress(reported: Registration, { machineId, bmc }: Registration): void {
    if (!reported.bmc?.address || bmc?.address) return;
    const address = quoteText(reported.bmc.address, 60);
    this.log.warn(
      `machine ${machineId} registered with a BMC address that is invalid, loopback or link-local: ${address}`,
    );
  }

  /** A held machine only gets a new password of its known BMC. */
  async store({ machineId, bmc }: Registration, scope: RegistrationScope): Promise<void> {
    if (!bmc) return;
    const now = timestamp(this.clock.now());
    if (scope === 'open') {
      await this.bmcs.upsert(machineId, (current) => mergeBmcRecord(current, machineId, bmc, now));
    } else if (this.bmcs.get(machineId)) {
      await this.bmcs.update(machineId, (current) => mergeHeldBmcRecord(current, bmc));
    }
  }
}
