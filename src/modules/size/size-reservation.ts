import { firstRepeated } from '../../shared/contains-all.js';
import type { Entity } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { Inquiry } from '../../shared/inquiry.js';

/** Machines of one size that are kept for a project, the same number in each of the partitions. */
export interface SizeReservation extends Entity {
  readonly sizeId: string;
  readonly partitionIds: readonly string[];
  readonly projectId: string;
  readonly amount: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** How much of a reservation is used in one of its partitions. */
export interface ReservationUsage {
  readonly reservation: SizeReservation;
  readonly partitionId: string;
  /** All machines of the size that the project has there, firewalls included; may exceed the reservation. */
  readonly allocations: number;
  readonly used: number;
}

/** Asks how many machines a project has of a size in a partition; answered by the machine feature. */
export class AllocationCountInquiry extends Inquiry<[projectId: string, sizeId: string, partitionId: string], number> {
  constructor() {
    super(0);
  }
}

/** Throws `malformed` for an amount or a list of partitions that makes no sense (reference/30 §3). */
export function checkReservation({ amount, partitionIds }: Pick<SizeReservation, 'amount' | 'partitionIds'>): void {
  if (amount <= 0) throw malformed(`amount of a size reservation is ${amount}, expected at least 1`);
  if (partitionIds.length === 0) throw malformed('partitionids of a size reservation must not be empty');
  const twice = firstRepeated(partitionIds);
  if (twice !== undefined) throw malformed(`partitionids contains "${twice}" twice`);
}
