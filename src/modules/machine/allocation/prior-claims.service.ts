import { Injectable } from '@nestjs/common';
import type { PartitionId, ProjectId, SizeId, WaitEntryId } from '../../../shared/id.js';
import type { SizeReservation } from '../../size/size-reservation.js';
import { SizeReservationService } from '../../size/size-reservation.service.js';
import { MachinesAwaited } from './machines-awaited.js';

/** What machines of a size in a partition are kept for: reservations of projects, and requests on the waiting list. */
@Injectable()
export class PriorClaims {
  constructor(
    private readonly reservations: SizeReservationService,
    private readonly machinesAwaited: MachinesAwaited,
  ) {}

  reservationsOf(partitionId: PartitionId, sizeId: SizeId): readonly SizeReservation[] {
    return this.reservations.forSize(sizeId, partitionId);
  }

  /** Whether machines are reserved for one of the projects. */
  isReserved(partitionId: PartitionId, sizeId: SizeId, projects: readonly ProjectId[]): boolean {
    return this.reservationsOf(partitionId, sizeId).some(({ projectId }) => projects.includes(projectId));
  }

  /** How many machines requests on the waiting list want that are before `entry`; all of them for undefined. */
  awaited(partitionId: PartitionId, sizeId: SizeId, entry: WaitEntryId | undefined): number {
    return this.machinesAwaited.call(partitionId, sizeId, entry);
  }
}
