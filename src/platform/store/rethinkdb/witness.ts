import { systemClock, timestamp } from '../../../shared/clock.js';
import { IDENTITY_TABLE, type Identity } from '../installation/identity.js';
import type { Runner } from './query.js';
import type { ReqlTable, Term } from './reql.js';
import type { Row } from './rows.js';
import { Writes } from './writes.js';

const PREFIX = 'witness-';

/** Age after which a witness belongs to a process that has ended, in milliseconds. */
const ABANDONED_MS = 24 * 3_600_000;

/** A document in the table of the database's identity that only one process writes. */
export class Witness {
  readonly id: string;

  constructor(
    private readonly table: ReqlTable,
    process: string,
  ) {
    this.id = PREFIX + process;
  }

  /** Rewrites the witness. Returns the revision that the database has confirmed. */
  async renew(runner: Runner): Promise<number> {
    const writes = this.writes(runner);
    const content = { id: this.id, at: timestamp(systemClock.now()) };
    for (;;) {
      const { current, revision } = await writes.read(IDENTITY_TABLE, this.id);
      const outcome = await (current === undefined
        ? writes.insert(IDENTITY_TABLE, content)
        : writes.replace(IDENTITY_TABLE, content, revision));
      if (outcome.ok) return outcome.document.revision;
    }
  }

  /**
   * The first process to notice begins an epoch after `before`, so that all others notice, too. Returns the current
   * identity.
   */
  async nextEpoch(runner: Runner, found: Identity, before: number): Promise<Identity> {
    if (found.epoch > before) return found;
    const next: Identity = { ...found, epoch: before + 1 };
    const outcome = await this.writes(runner).replace(IDENTITY_TABLE, next, found.revision);
    const stored = outcome.ok ? outcome.document : outcome.current;
    if (stored === undefined) throw new Error('the identity of the database was removed');
    return this.nextEpoch(runner, stored as Identity, before);
  }

  /** Removes the witnesses of processes that have ended. */
  async removeAbandoned(runner: Runner): Promise<void> {
    const before = timestamp(systemClock.now() - ABANDONED_MS);
    const isOld = (row: Term<Row>): Term<boolean> =>
      row('id').match(`^${PREFIX}`).ne(null).and(row('at').default(before).lt(before));
    const { result } = await runner.run(this.table.filter(isOld).getField<string>('id').coerceTo('array'));
    for (const id of result) await this.writes(runner).remove(IDENTITY_TABLE, id, undefined);
  }

  private writes(runner: Runner): Writes {
    return new Writes(runner, () => this.table);
  }
}
