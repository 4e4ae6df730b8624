import type { Content, Document } from '../../../shared/document.js';
import type { AllocationId, MachineId, ProjectId } from '../../../shared/id.js';
import type { Machine, AllocationRole } from '../machine.js';

/** A decision for a machine that other processes may not yet see in the machine itself. */
export interface PlacementEntry {
  readonly machineId: MachineId;
  /** Revision of the machine at the time of the decision; the claim is the write that produces revision `seen + 1`. */
  readonly seen: number;
  readonly allocation: AllocationId;
  readonly project: ProjectId;
  readonly role: AllocationRole;
  readonly rackId: string | undefined;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch, for pruning only. */
  readonly at: number;
}

/**
 * The latest decisions in one scope, a size in a partition: everything that spreading and reservations need in
 * addition to the machines in memory. Each decision compare-and-sets this document, so no two decisions are based on
 * the same state (docs/concepts/design.md#no-transactions).
 */
export interface PlacementLedger extends Document {
  readonly entries: readonly PlacementEntry[];
}

/**
 * A decision that was never followed by a claim is dropped after this many milliseconds: until then, a free machine is not
 * chosen again because a process ended between decision and claim. A claim that comes later fails if the machine was
 * claimed meanwhile, so this need not cover the slowest write.
 */
export const ABANDONED_AFTER = 20_000;

/**
 * The entries that this process must count separately. Once its mirror has a newer revision of the machine than the
 * one decided upon, that revision shows the outcome: the claim, its result, or that the claim came too late. A decision
 * whose process died before the claim counts until it is abandoned; should it still be alive, one of the claims fails.
 */
export function unseenPlacements(
  entries: readonly PlacementEntry[],
  machine: (id: string) => Machine | undefined,
  now: number,
): PlacementEntry[] {
  return entries.filter((entry) => {
    if (now - entry.at >= ABANDONED_AFTER) return false;
    const current = machine(entry.machineId);
    return current !== undefined && current.revision <= entry.seen;
  });
}

/**
 * Appends an entry to the ledger and drops obsolete ones: abandoned entries, and entries that this process sees in
 * machines and that are older than `horizon` milliseconds, after which other processes see them, too.
 */
export function appendPlacement(
  ledger: Pick<PlacementLedger, 'entries'> | undefined,
  id: string,
  entry: PlacementEntry,
  machine: (id: string) => Machine | undefined,
  horizon: number,
): Content<PlacementLedger> {
  const entries = (ledger?.entries ?? []).filter((other) => other.allocation !== entry.allocation);
  const mine = new Set(unseenPlacements(entries, machine, entry.at));
  const kept = entries.filter(
    (other) => entry.at - other.at < ABANDONED_AFTER && (mine.has(other) || entry.at - other.at < horizon),
  );
  return { id, entries: [...kept, entry] };
}
