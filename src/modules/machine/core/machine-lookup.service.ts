import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { memoizeByIdentity } from '../../../shared/memoize-by-identity.js';
import { MachineRepository } from './machine.repository.js';
import { replaceNeighbors } from './transitions/hardware.js';
import { MachineIdLookup } from '../../ip/ip.js';
import { AllocationCounter } from '../../size/size-reservation.js';
import { HardwareLookup } from '../../size/size.js';
import { NeighborUpdater, PortUseLookup } from '../../switch/switch.js';
import type { Neighbor, PortUse } from '../../switch/switch.js';
import { storedMachineId } from './machine-ids.js';
import type { MachineAllocation } from '../machine.js';
import { ownedKey } from '../machine.table.js';

const portUse = memoizeByIdentity(({ role, project, networks }: MachineAllocation): PortUse => ({
  role,
  project,
  networks,
}));

/** Answers queries about machines by the address, size and switch features, which machines depend on. */
@Injectable()
export class MachineLookupService implements OnModuleInit {
  constructor(
    private readonly machines: MachineRepository,
    private readonly portUses: PortUseLookup,
    private readonly neighbors: NeighborUpdater,
    private readonly machineIds: MachineIdLookup,
    private readonly hardware: HardwareLookup,
    private readonly allocations: AllocationCounter,
  ) {}

  onModuleInit(): void {
    this.portUses.provide((machineId) => this.portUseOf(machineId));
    this.machineIds.provide((text) => storedMachineId(this.machines, text));
    this.hardware.provide((id) => this.machines.get(storedMachineId(this.machines, id))?.hardware);
    this.allocations.provide(
      (project, size, partition) => this.machines.by('owned', ownedKey(partition, size, project)).length,
    );
    this.neighbors.provide((machineId, replace) => this.replaceNeighbors(machineId, replace));
  }

  private portUseOf(machineId: string): PortUse | undefined {
    const allocation = this.machines.get(machineId)?.allocation;
    return allocation && portUse(allocation);
  }

  /** Ignores a machine that no longer exists. */
  private async replaceNeighbors(machineId: string, replace: <T extends Neighbor>(neighbor: T) => T): Promise<void> {
    try {
      await this.machines.maintain(machineId, (machine) => replaceNeighbors(machine, replace));
    } catch (error) {
      if (!isDomainError(error, 'not-found')) throw error;
    }
  }
}
