import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { BmcDirectory } from '../../command/command.js';
import { MachineRepository } from '../core/machine.repository.js';
import { EventService } from '../event/event.service.js';
import { newBmcRecord } from '../bmc-record.js';
import { isUnowned } from '../machine.js';
import type { BmcRecord } from '../bmc-record.js';
import { bmcTable } from '../machine.table.js';
import { ipmiBlock } from './ipmi-block.js';
import type { IpmiBlock } from './ipmi-block.js';

/** The user on every BMC that the operator has set up with the super user's password. */
const SUPER_USER = 'root';

/** Provides the command journal, a feature that machines depend on, with the data that agents need to reach BMCs. */
@Injectable()
export class BmcDirectoryProvider implements OnModuleInit {
  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(bmcTable) private readonly bmcs: Table<BmcRecord>,
    @InjectConfig() private readonly config: Config,
    private readonly directory: BmcDirectory,
    private readonly events: EventService,
  ) {}

  onModuleInit(): void {
    this.directory.refresh.provide((machineId) => this.refresh(machineId));
    this.directory.ipmi.provide((machineId) => this.ipmiOf(machineId));
    this.directory.isReclaimStillNeeded.provide((machineId) => this.isReclaimWanted(machineId));
  }

  /** Refreshes the mirrors with the database's state of the machine. Throws `unavailable`. */
  async refresh(machineId: string): Promise<void> {
    await Promise.all([
      this.machines.readFresh(machineId),
      this.bmcs.readFresh(machineId),
      this.events.refresh(machineId),
    ]);
  }

  /**
   * Returns the BMC data of a machine in the form of messages to partitions, or undefined if there is no such
   * machine. A BMC without a known user is reached as super user, if its password is configured
   * (docs/reference/machine-power.md#command-message); that is never stored. Contains a password.
   */
  private ipmiOf(machineId: string): IpmiBlock | undefined {
    if (!this.machines.get(machineId)) return undefined;
    const block = ipmiBlock(this.bmcs.get(machineId) ?? newBmcRecord(machineId));
    const password = this.config.bmc.superUserPassword;
    return block.user === '' && password ? { ...block, user: SUPER_USER, password } : block;
  }

  /**
   * Whether a delayed reclaim (a reboot from the network that could not be done at once) should still be executed. It
   * must not be if the machine has rebooted on its own and has a new owner by now: that would interrupt a running
   * system. If the new owner came before the machine rebooted, the reclaim is still needed, or the old system would
   * keep running.
   */
  private isReclaimWanted(machineId: string): boolean {
    const machine = this.machines.get(machineId);
    if (!machine || isUnowned(machine) || machine.release || machine.allocation?.reinstall) return true;
    return this.events.find(machineId)?.events[0]?.event === 'Machine Reclaim';
  }
}
