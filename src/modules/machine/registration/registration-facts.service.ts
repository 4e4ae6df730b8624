import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { PartitionService } from '../../partition/partition.service.js';
import { UNKNOWN_SIZE } from '../../size/size.js';
import { SizeService } from '../../size/size.service.js';
import { SwitchService } from '../../switch/switch.service.js';
import type { DerivedFacts } from '../core/transitions/hardware.js';
import { EventService } from '../event/event.service.js';
import type { MachineHardware } from '../hardware.js';
import type { RegistrationContext } from './registration-check.js';
import type { Registration } from './registration.js';

/** What other features know about a machine that registers. */
@Injectable()
export class RegistrationFacts {
  constructor(
    private readonly partitions: PartitionService,
    private readonly sizes: SizeService,
    private readonly switches: SwitchService,
    private readonly events: EventService,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  /** Throws `not-found`. */
  checkPartition(id: string): void {
    this.partitions.get(id);
  }

  /** Location and size of the machine. Throws `invalid` for invalid wiring. */
  of({ machineId, partitionId, hardware }: Registration): DerivedFacts {
    const wiring = this.switches.wiring({ id: machineId, partitionId, nics: hardware.nics });
    return {
      rackId: wiring.rackId,
      partitionId: wiring.partitionId,
      sizeId: this.sizeOf(machineId, hardware),
    };
  }

  context(machineId: string): RegistrationContext {
    return {
      portsSeen: (nics, partitionId) => this.switches.portsSeen({ nics, partitionId }),
      newestEvent: this.events.find(machineId)?.events[0],
    };
  }

  private sizeOf(machineId: string, hardware: MachineHardware): string {
    const size = this.sizes.match(hardware);
    if (size) return size.id;
    const matching = this.sizes.candidates(hardware).map(({ id }) => id);
    this.log.info(`machine ${machineId} has no size: ${matching.length === 0 ? 'none matches' : matching.join(', ')}`);
    return UNKNOWN_SIZE.id;
  }
}
