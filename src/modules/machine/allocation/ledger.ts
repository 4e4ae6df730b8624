import type { Content, Document } from '../../../shared/document.js';
import type { Machine, Role } from '../machine.js';

/** A decision for a machine that other processes may not see in the machine itself yet. */
export interface LedgerEntry {
  readonly machineId: string;
  /** Revision of the machine that was decided upon; the claim is the write that makes it `seen + 1`. */
  readonly seen: number;
  readonly allocation: string;
  readonly project: string;
  readonly role: Role;
  readonly rackId: string;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch, for pruning only. */
  readonly at: number;
}

/**
 * The newest decisions in one scope, a size in a partition: what spreading and reservations must know beyond the
 * machines in memory. Each decision compares-and-sets this document, so no two are taken on the same state (design D3).
 */
export interface Ledger extends Document {
  readonly entries: readonly LedgerEntry[];
}

/** A decision whose claim never came is forgotten after this many milliseconds. */
export const ABANDONED_AFTER = 60_000;

/**
 * Entries that this process must count itself. As soon as its memory has a newer state of the machine than the one
 * decided upon, that state tells everything: the claim, what became of it, or that the claim came too late.
 */
export function unseen(entries: readonly LedgerEntry[], machine: (id: string) => Machine | undefined): LedgerEntry[] {
  return entries.filter((entry) => {
    const current = machine(entry.machineId);
    return current !== undefined && current.revision <= entry.seen;
  });
}

/**
 * The ledger with one more entry, without those that nobody needs any more: abandoned ones, and those that this process
 * sees and that are older than `horizon` milliseconds, within which other processes see them too.
 */
export function enter(
  ledger: Pick<Ledger, 'entries'> | undefined,
  id: string,
  entry: LedgerEntry,
  machine: (id: string) => Machine | undefined,
  horizon: number,
): Content<Ledger> {
  const entries = (ledger?.entries ?? []).filter((other) => other.allocation !== entry.allocation);
  const mine = new Set(unseen(entries, machine));
  const kept = entries.filter(
    (other) => entry.at - other.at < ABANDONED_AFTER && (mine.has(other) || entry.at - other.at < horizon),
  );
  return { id, entries: [...kept, entry] };
}
