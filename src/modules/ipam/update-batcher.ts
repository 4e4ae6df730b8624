import type { Document } from '../../shared/document.js';
import { KeyedBatcher } from '../../shared/concurrency/keyed-batcher.js';
import type { Table } from '../../platform/store/table.js';

type Change<T> = (current: T) => T;

/** Why a change failed; `undefined` if it succeeded. */
type Outcome = { readonly error: unknown } | undefined;

/** Maximum number of changes in one write. */
const MOST = 1000;

/**
 * Batches concurrent changes of a document. Changes requested while a write of the same document is in flight are
 * applied in order by the next write, which costs one database round trip for all of them.
 */
export class UpdateBatcher<T extends Document> {
  private readonly writes: KeyedBatcher<Change<T>, Outcome>;

  constructor(private readonly table: Table<T>) {
    this.writes = new KeyedBatcher((id, changes) => this.write(id, changes), MOST);
  }

  /**
   * Resolves when the change is stored. `change` must be pure, since it may run several times. Throws `not-found` if
   * there is no such document, and the errors of `change`, which do not affect other callers.
   */
  async update(id: string, change: Change<T>): Promise<void> {
    const failure = await this.writes.submit(id, change);
    if (failure) throw failure.error;
  }

  private async write(id: string, changes: readonly Change<T>[]): Promise<readonly Outcome[]> {
    let outcomes: Outcome[] = [];
    await this.table.update(id, (current) => {
      outcomes = [];
      return changes.reduce((document, change) => attempt(document, change, outcomes), current);
    });
    return outcomes;
  }
}

/** Returns the document after a change, or unchanged if the change fails. */
function attempt<T>(document: T, change: Change<T>, outcomes: Outcome[]): T {
  try {
    const next = change(document);
    outcomes.push(undefined);
    return next;
  } catch (error) {
    outcomes.push({ error });
    return document;
  }
}
