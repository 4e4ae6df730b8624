import type { AllocationId, WaitEntryId } from '../../../shared/id.js';
import type { Specification } from './specification.js';

/** An allocation that needs a machine. */
export interface WantedMachine {
  readonly specification: Specification;
  readonly allocation: AllocationId;
  /** The entry of the waiting list that is served; a request without one stands behind all of them. */
  readonly entry?: WaitEntryId | undefined;
}

/** What several allocations that are decided together got: a machine, or the reason why not. */
export type Outcomes<T> = ReadonlyMap<AllocationId, T | Error>;

/** Whether each of them got one. */
export const isGranted = <T>(outcomes: Outcomes<T>): outcomes is ReadonlyMap<AllocationId, T> =>
  [...outcomes.values()].every((outcome) => !(outcome instanceof Error));
