import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { ImageReferences } from '../image/image.js';
import { NetworkReferences } from '../network/network.js';
import { PartitionReferences } from '../partition/partition.js';
import { ProjectReferences } from '../project/project.js';
import { AllocationCountInquiry } from '../size/size-reservation.js';
import { HardwareInquiry, SizeReferences } from '../size/size.js';
import type { Machine } from './machine.js';
import { storedMachineId } from './machine-ids.js';
import { machineTable, ownedKey } from './machine.table.js';

type Machines = Table<Machine, 'partition' | 'size' | 'owner' | 'image' | 'network' | 'owned'>;

/** Tells the features that come before machines which of their entities machines use. */
@Injectable()
export class MachineReferencesService implements OnModuleInit {
  constructor(
    @InjectTable(machineTable) private readonly machines: Machines,
    private readonly projects: ProjectReferences,
    private readonly partitions: PartitionReferences,
    private readonly sizes: SizeReferences,
    private readonly images: ImageReferences,
    private readonly networks: NetworkReferences,
    private readonly hardware: HardwareInquiry,
    private readonly allocations: AllocationCountInquiry,
  ) {}

  onModuleInit(): void {
    const idsBy = (index: 'partition' | 'size' | 'owner' | 'image' | 'network') => (key: string) =>
      this.machines.by(index, key).map(({ id }) => id);
    this.projects.add({ what: 'machines', idsOf: idsBy('owner') });
    this.partitions.add({ what: 'machines', idsOf: idsBy('partition') });
    this.sizes.add({ what: 'machines', idsOf: idsBy('size') });
    this.images.add({ what: 'machines', idsOf: idsBy('image') });
    this.networks.add({ what: 'machines', idsOf: idsBy('network') });
    this.hardware.answerWith((id) => this.machines.get(storedMachineId(this.machines, id))?.hardware);
    this.allocations.answerWith(
      (project, size, partition) => this.machines.by('owned', ownedKey(partition, size, project)).length,
    );
  }
}
