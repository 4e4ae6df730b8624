import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { BmcDirectory } from '../../command/command.js';
import { EventService } from '../event/event.service.js';
import { isUnowned, newBmc } from '../machine.js';
import type { Bmc, Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { ipmiBlock } from './ipmi-block.js';
import type { IpmiBlock } from './ipmi-block.js';

/** The user that exists on every BMC which the operator prepared with the super user's password. */
const SUPER_USER = 'root';

/** Tells the journal of commands, which comes before machines, what an agent needs to reach the BMC of a machine. */
@Injectable()
export class BmcAccess implements OnModuleInit {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @InjectTable(bmcTable) private readonly bmcs: Table<Bmc>,
    @InjectConfig() private readonly config: Config,
    private readonly directory: BmcDirectory,
    private readonly events: EventService,
  ) {}

  onModuleInit(): void {
    this.directory.refresh.answerWith((machineId) => this.refresh(machineId));
    this.directory.ipmi.answerWith((machineId) => this.ipmiOf(machineId));
    this.directory.reclaimWanted.answerWith((machineId) => this.isReclaimWanted(machineId));
  }

  /** Brings memory up to date with what the database has on the machine. Throws `unavailable`. */
  async refresh(machineId: string): Promise<void> {
    await Promise.all([this.machines.fresh(machineId), this.bmcs.fresh(machineId), this.events.refresh(machineId)]);
  }

  /**
   * The BMC data of a machine, as the messages to partitions carry it; undefined when there is no such machine. A BMC
   * without a user of its own is reached as super user, if its password is configured (reference/10 §5.2); that is never
   * stored. Contains a password.
   */
  private ipmiOf(machineId: string): IpmiBlock | undefined {
    if (!this.machines.get(machineId)) return undefined;
    const block = ipmiBlock(this.bmcs.get(machineId) ?? newBmc(machineId));
    const password = this.config.bmc.superUserPassword;
    return block.user === '' && password ? { ...block, user: SUPER_USER, password } : block;
  }

  /**
   * Whether a machine that was to boot from the network again still should, when that could not be done at once. Not when
   * it did so by itself and somebody owns it by now: that would take a running system away. An owner who came before it
   * booted needs the reboot all the same, or the old system would run on.
   */
  private isReclaimWanted(machineId: string): boolean {
    const machine = this.machines.get(machineId);
    if (!machine || isUnowned(machine) || machine.release || machine.allocation?.reinstall) return true;
    return this.events.find(machineId)?.events[0]?.event === 'Machine Reclaim';
  }
}
