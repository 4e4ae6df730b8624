import { firstRepeated } from '../../shared/contains-all.js';
import type { Entity } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { LateBoundFunction } from '../../shared/late-bound-function.js';
import type { PartitionId, ProjectId, SizeId } from '../../shared/id.js';

/** Machines of one size reserved for a project, the same number in each partition. */
export interface SizeReservation extends Entity {
  readonly sizeId: SizeId;
  readonly partitionIds: readonly PartitionId[];
  readonly projectId: ProjectId;
  readonly amount: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Usage of a reservation in one of its partitions. */
export interface ReservationUsage {
  readonly reservation: SizeReservation;
  readonly partitionId: string;
  /**
   * All machines of this size that the project has in the partition, including firewalls; may exceed the reservation.
   */
  readonly allocations: number;
  readonly used: number;
}

/** Counts the machines that a project has of a size in a partition; provided by the machine feature. */
export class AllocationCounter extends LateBoundFunction<
  [projectId: ProjectId, sizeId: SizeId, partitionId: PartitionId],
  number
> {}

/** Throws `malformed` for an invalid amount or list of partitions (docs/reference/size-reservations.md#endpoints). */
export function checkReservation({ amount, partitionIds }: Pick<SizeReservation, 'amount' | 'partitionIds'>): void {
  if (amount <= 0) throw malformed(`amount of a size reservation is ${amount}, expected at least 1`);
  if (partitionIds.length === 0) throw malformed('partitionids of a size reservation must not be empty');
  const twice = firstRepeated(partitionIds);
  if (twice !== undefined) throw malformed(`partitionids lists "${twice}" twice`);
}
