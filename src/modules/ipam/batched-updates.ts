import type { Document } from '../../shared/document.js';
import { JointRuns } from '../../shared/joint-runs.js';
import type { Table } from '../../platform/store/table.js';

type Change<T> = (current: T) => T;

/** Why a change did not come about; `undefined` when it did. */
type Outcome = { readonly error: unknown } | undefined;

/** Changes in one write. */
const MOST = 1000;

/**
 * Changes of documents that many want to change at once. What is asked for while a write of the same document is under
 * way is carried out in order by the next write, together: the database is asked once for all of them.
 */
export class BatchedUpdates<T extends Document> {
  private readonly writes: JointRuns<Change<T>, Outcome>;

  constructor(private readonly table: Table<T>) {
    this.writes = new JointRuns((id, changes) => this.write(id, changes), MOST);
  }

  /**
   * Resolves when the change is stored. `change` must be pure: it may run several times. Throws `not-found` when there
   * is no such document, and what `change` throws, which concerns nobody else.
   */
  async update(id: string, change: Change<T>): Promise<void> {
    const failure = await this.writes.join(id, change);
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

/** The document after a change; as it was when the change fails. */
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
