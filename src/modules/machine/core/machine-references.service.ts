import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { MachineRepository } from './machine.repository.js';
import { ImageReferences } from '../../image/image.js';
import { NetworkReferences } from '../../network/network.js';
import { PartitionReferences } from '../../partition/partition.js';
import { ProjectReferences } from '../../project/project.js';
import { SizeReferences } from '../../size/size.js';

/** Informs earlier features, which machines depend on, about the use of their entities by machines. */
@Injectable()
export class MachineReferencesService implements OnModuleInit {
  constructor(
    private readonly machines: MachineRepository,
    private readonly projects: ProjectReferences,
    private readonly partitions: PartitionReferences,
    private readonly sizes: SizeReferences,
    private readonly images: ImageReferences,
    private readonly networks: NetworkReferences,
  ) {}

  onModuleInit(): void {
    const idsBy = (index: 'partition' | 'size' | 'owner' | 'image' | 'network') => (key: string) =>
      this.machines.by(index, key).map(({ id }) => id);
    this.projects.add({ what: 'machines', idsOf: idsBy('owner') });
    this.partitions.add({ what: 'machines', idsOf: idsBy('partition') });
    this.sizes.add({ what: 'machines', idsOf: idsBy('size') });
    this.images.add({ what: 'machines', idsOf: idsBy('image') });
    this.networks.add({ what: 'machines', idsOf: idsBy('network') });
  }
}
