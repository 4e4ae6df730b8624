import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import { SwitchService } from '../../switch/switch.service.js';
import { isInstalled } from '../core/machine-ports.js';
import { MachineRepository } from '../core/machine.repository.js';
import { PortVrfService } from '../core/port-vrf.service.js';
import type { Machine } from '../machine.js';

/**
 * A machine normally has at most two concurrent registrations; if its network cards keep changing, retrying is
 * futile.
 */
const ATTEMPTS = 5;

/** Connects registered machines to their switches. */
@Injectable()
export class MachineConnector {
  constructor(
    private readonly machines: MachineRepository,
    private readonly switches: SwitchService,
    private readonly ports: PortVrfService,
  ) {}

  /**
   * Connects the machine according to its document and re-reads it afterwards, so that the later one of two
   * concurrent registrations also wins at the switches. If the machine was installed in the meantime, its new ports
   * join its VRF.
   */
  async connect(machine: Machine, isNew: boolean): Promise<Machine> {
    let current = machine;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { id, partitionId, hardware } = current;
      await this.switches.connect({ id, partitionId, nics: hardware.nics }).catch(async (error: unknown) => {
        if (isNew) await this.forget(current);
        throw error;
      });
      const now = await this.machines.readFresh(id);
      if (!now) throw new DomainError('conflict', `machine "${id}" was removed during its registration, retry`);
      if (isDeepStrictEqual(now.hardware.nics, hardware.nics)) {
        if (isInstalled(now)) await this.ports.align(id);
        return now;
      }
      current = now;
    }
    throw new DomainError('conflict', `machine "${current.id}" keeps changing its network cards, retry later`);
  }

  /** Removes a new machine that lost its ports to another one at the last moment, unless it has been modified since. */
  private async forget(machine: Machine): Promise<void> {
    await this.machines.remove(machine).catch((error: unknown) => {
      if (!isDomainError(error, 'conflict')) throw error;
    });
  }
}
