import { nextLoopRound } from '../../../shared/concurrency/timers.js';
import type { Content } from '../../../shared/document.js';
import type { PlacementLedger } from './placement-ledger.js';

/** Where the latest decisions of each scope are kept. */
export interface PlacementLedgers {
  /** The decisions as far as memory knows. */
  get(id: string): Content<PlacementLedger> | undefined;
  /** Records the result of `change`, which is pure: it may run again after another process has recorded a decision. */
  upsert(
    id: string,
    change: (ledger: Content<PlacementLedger> | undefined) => Content<PlacementLedger>,
  ): Promise<unknown>;
}

/**
 * The ledgers of a process that has its database for itself. They are not stored: a decision that no claim has followed
 * means nothing after the end of the process.
 */
export class LocalPlacementLedgers implements PlacementLedgers {
  private readonly ledgers = new Map<string, Content<PlacementLedger>>();

  get(id: string): Content<PlacementLedger> | undefined {
    return this.ledgers.get(id);
  }

  async upsert(
    id: string,
    change: (ledger: Content<PlacementLedger> | undefined) => Content<PlacementLedger>,
  ): Promise<void> {
    await nextLoopRound(); // a full batch may take tens of milliseconds
    this.ledgers.set(id, change(this.ledgers.get(id)));
  }
}
