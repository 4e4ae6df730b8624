import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { MachineId } from '../../../shared/id.js';
import { MachineRepository } from './machine.repository.js';
import { SwitchService } from '../../switch/switch.service.js';
import { currentVrf } from './machine-ports.js';

/** Machines rarely change owner; if there are more changes than this within a few round trips, retrying is futile. */
const ATTEMPTS = 5;

/** Moves the switch ports of machines into the VRF of their allocation. */
@Injectable()
export class PortVrfService {
  constructor(
    private readonly machines: MachineRepository,
    private readonly switches: SwitchService,
  ) {}

  /**
   * Moves the machine's ports into the VRF that the database determines, then re-reads the machine, which may have
   * been installed or released in the meantime. Idempotent, even for a machine that no longer exists. Throws
   * `conflict`.
   */
  async align(machineId: MachineId): Promise<void> {
    let wanted = currentVrf(await this.machines.readFresh(machineId));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await this.switches.setVrf(machineId, wanted);
      const now = currentVrf(await this.machines.readFresh(machineId));
      if (now === wanted) return;
      wanted = now;
    }
    throw new DomainError(
      'conflict',
      `machine "${machineId}" keeps changing, the VRF of its ports could not be set, retry later`,
    );
  }

  /**
   * Removes the switch connections of a machine that is not in the database; keeps them if it has come back.
   * Idempotent.
   */
  async disconnectUnknown(machineId: MachineId): Promise<void> {
    if (!(await this.machines.readFresh(machineId))) await this.switches.disconnect(machineId);
  }
}
