import { Injectable } from '@nestjs/common';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { SwitchService } from '../switch/switch.service.js';
import { currentVrf } from './machine-ports.js';
import type { Machine } from './machine.js';
import { machineTable } from './machine.table.js';

/** A machine changes hands seldom; more changes than this within a few round trips are none that end by themselves. */
const ATTEMPTS = 5;

/** Puts the switch ports of machines into the VRF that their allocation says. */
@Injectable()
export class PortVrfService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    private readonly switches: SwitchService,
  ) {}

  /**
   * Puts the ports of the machine where they belong according to the database, and looks again afterwards: the machine may
   * have been installed or given back meanwhile. Idempotent, also for a machine that is gone. Throws `conflict`.
   */
  async align(machineId: string): Promise<void> {
    let wanted = currentVrf(await this.machines.fresh(machineId));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await this.switches.setVrf(machineId, wanted);
      const now = currentVrf(await this.machines.fresh(machineId));
      if (now === wanted) return;
      wanted = now;
    }
    throw new DomainError('conflict', `machine "${machineId}" changes all the time, its ports could not be set`);
  }

  /** Forgets where a machine that the database does not know was connected; one that has come back stays. Idempotent. */
  async disconnectUnknown(machineId: string): Promise<void> {
    if (!(await this.machines.fresh(machineId))) await this.switches.disconnect(machineId);
  }
}
