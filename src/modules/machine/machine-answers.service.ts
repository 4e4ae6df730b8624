import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { remembered } from '../../shared/remembered.js';
import { MachineIdInquiry } from '../ip/ip.js';
import { NeighborInquiry, PortUseInquiry } from '../switch/switch.js';
import type { Neighbor, PortUse } from '../switch/switch.js';
import { storedMachineId } from './machine-ids.js';
import type { Machine, MachineAllocation, MachineNic } from './machine.js';
import { machineTable } from './machine.table.js';

const portUse = remembered(({ role, project, networks }: MachineAllocation): PortUse => ({ role, project, networks }));

/** Answers what the features of addresses and switches, which come before machines, ask about them. */
@Injectable()
export class MachineAnswersService implements OnModuleInit {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    private readonly portUses: PortUseInquiry,
    private readonly neighbors: NeighborInquiry,
    private readonly machineIds: MachineIdInquiry,
  ) {}

  onModuleInit(): void {
    this.portUses.answerWith((machineId) => this.portUseOf(machineId));
    this.machineIds.answerWith((text) => storedMachineId(this.machines, text));
    this.neighbors.answerWith((machineId, replace) => this.replaceNeighbors(machineId, replace));
  }

  private portUseOf(machineId: string): PortUse | undefined {
    const allocation = this.machines.get(machineId)?.allocation;
    return allocation && portUse(allocation);
  }

  /** A machine that is gone sees nothing any more. */
  private async replaceNeighbors(machineId: string, replace: <T extends Neighbor>(neighbor: T) => T): Promise<void> {
    const inNic = (nic: MachineNic): MachineNic => ({ ...nic, neighbors: nic.neighbors.map((one) => replace(one)) });
    try {
      await this.machines.update(machineId, (machine) => ({
        ...machine,
        hardware: { ...machine.hardware, nics: machine.hardware.nics.map(inNic) },
      }));
    } catch (error) {
      if (!isDomainError(error, 'not-found')) throw error;
    }
  }
}
