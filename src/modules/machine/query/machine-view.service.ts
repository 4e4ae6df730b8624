import { Injectable } from '@nestjs/common';
import { ImageService } from '../../image/image.service.js';
import type { Image } from '../../image/image.js';
import { PartitionService } from '../../partition/partition.service.js';
import type { Partition } from '../../partition/partition.js';
import { SizeService } from '../../size/size.service.js';
import type { Size } from '../../size/size.js';
import { EventService } from '../event/event.service.js';
import type { EventContainer } from '../event/provisioning-event.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine } from '../machine.js';
import { MachineQueryService } from './machine-query.service.js';

/**
 * A machine with everything that a response shows. References may be dangling: a machine outlives its size, partition
 * or image, and may never have reported.
 */
export interface MachineView {
  readonly machine: Machine;
  readonly partition: Partition | undefined;
  readonly size: Size | undefined;
  readonly image: Image | undefined;
  readonly events: EventContainer | undefined;
  readonly room: string | undefined;
}

/** The same, with what is known of its BMC. */
export interface MachineBmcView extends MachineView {
  readonly bmc: BmcRecord | undefined;
}

/** Joins machines with the entities they refer to, from memory. */
@Injectable()
export class MachineViewService {
  constructor(
    private readonly machines: MachineQueryService,
    private readonly partitions: PartitionService,
    private readonly sizes: SizeService,
    private readonly images: ImageService,
    private readonly events: EventService,
  ) {}

  of(machine: Machine): MachineView {
    const { id, partitionId, sizeId, allocation } = machine;
    return {
      machine,
      partition: this.partitions.find(partitionId),
      size: this.sizes.ofMachine(sizeId),
      image: allocation && this.images.find(allocation.imageId),
      events: this.events.find(id),
      room: this.machines.roomOf(id),
    };
  }

  /** Like `of`, for responses with BMC data. */
  withBmc(machine: Machine): MachineBmcView {
    return { ...this.of(machine), bmc: this.machines.bmcOf(machine.id) };
  }
}
