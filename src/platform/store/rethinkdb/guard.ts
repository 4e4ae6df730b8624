import { randomUUID } from 'node:crypto';
import { r, type Connection, type RTable } from 'rethinkdb-ts';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { IDENTITY_ID, IDENTITY_TABLE, type Identity } from '../installation/identity.js';
import { runnerOn, type Query, type Runner } from './query.js';
import { fromRow, type Row } from './rows.js';
import { Witness } from './witness.js';

/** How long one look at the identity, or one write there, may take, in milliseconds. */
const LOOK_MS = 5_000;

/** What this process knows of the database: whose it is, and what of its own writes the database has confirmed. */
interface Known {
  readonly identity: Identity;
  /** Revision of this process's witness. */
  readonly witness: number;
}

interface Found {
  readonly identity: Identity | undefined;
  readonly witness: number;
  /** Revision of the row that was marked, 0 when it is gone; `undefined` when none was. */
  readonly mark: number | undefined;
}

/** The last write that the database has confirmed. */
interface Mark {
  readonly table: string;
  readonly key: string;
  readonly revision: number;
  readonly at: number;
}

/** How long a mark counts, in milliseconds: much shorter than removed rows are remembered. */
const MARK_MS = 3_600_000;

export interface GuardEvents {
  /** The database has another history than memory: nothing of it counts any longer, no open connection either. */
  readonly changed: (reason: string) => void;
  /** Whose database it is from now on. */
  readonly accepted: (identity: Identity) => void;
}

/**
 * Makes sure that the database behind a connection is the one whose content this process holds, with all that happened
 * to it. Each process leaves a witness there, again and again: a database that knows less than it has confirmed is an
 * older copy of itself. So is one that has lost the last confirmed write to any other document. Every new connection is looked at before it is used, for a database is not exchanged behind an
 * open one.
 */
export class Guard {
  private readonly witness: Witness;
  private known: Known | undefined;
  private changing: Promise<void> | undefined;
  private mark: Mark | undefined;
  private generation = 0;

  constructor(
    private readonly table: (name: string) => RTable,
    private readonly events: GuardEvents,
  ) {
    this.witness = new Witness(table(IDENTITY_TABLE), randomUUID());
  }

  /** The database has confirmed a write of this process. */
  confirmed(table: string, key: string, revision: number): void {
    this.mark = { table, key, revision, at: Date.now() };
  }

  /** From now on this database only. */
  async start(identity: Identity, runner: Runner): Promise<void> {
    this.known = { identity, witness: await this.witness.testify(runner) };
  }

  /** Forgets processes that have ended. */
  removeAbandoned(runner: Runner): Promise<void> {
    return this.witness.removeAbandoned(runner);
  }

  /** Leaves word in the database; false when that turns out to be another one, or an older copy. */
  async renew(runner: Runner): Promise<boolean> {
    const { known, mark } = this;
    if (known === undefined || this.changing !== undefined) return true;
    if (verdictOn(await this.look(runner, mark), known, mark) !== 'same') return false;
    const witness = await this.witness.testify(runner);
    if (this.known === known) this.known = { ...known, witness };
    return true;
  }

  /** For lanes. Throws `unavailable` when the database behind `connection` is not to be used. */
  readonly admit = async (connection: Connection): Promise<void> => {
    const runner = runnerOn(connection, LOOK_MS);
    for (let { known } = this; known !== undefined; { known } = this) {
      const { mark } = this; // whatever is confirmed during the look counts at the next one
      const found = await this.look(runner, mark);
      if (this.known?.identity !== known.identity) continue; // judged by another look
      const verdict = verdictOn(found, known, mark);
      if (verdict === 'same') return;
      if (verdict === 'another' || found.identity === undefined) throw refusal(found.identity, known.identity);
      this.changing ??= this.change(runner, found.identity, known).finally(() => (this.changing = undefined));
      await this.changing;
    }
  };

  /** The query, failing once the database has become another one than when this was called. */
  bind<T>(query: Query<T>): Query<T> {
    const { generation } = this;
    return {
      run: async (connection) => {
        const refuse = (): void => {
          if (generation !== this.generation) throw hasChanged();
        };
        refuse();
        const answer = await query.run(connection);
        refuse(); // it is about what was
        return answer;
      },
    };
  }

  private async look(runner: Runner, mark: Mark | undefined): Promise<Found> {
    const rows = this.table(IDENTITY_TABLE).getAll(IDENTITY_ID, this.witness.id).coerceTo('array');
    const marked = mark && this.table(mark.table).get(mark.key);
    const query = r.expr([rows, marked ?? null]) as unknown as Query<[Row[], Row | null]>;
    const [own, row] = (await runner.run(query)).result;
    const stored = (id: string) => fromRow(own.find((one) => one.id === id));
    const identity = stored(IDENTITY_ID).current as Identity | undefined;
    return { identity, witness: stored(this.witness.id).revision, mark: mark && (row?.revision ?? 0) };
  }

  /** What memory knows is void at once; the new state of affairs counts when the database has confirmed it. */
  private async change(runner: Runner, found: Identity, known: Known): Promise<void> {
    const same = found.uuid === known.identity.uuid;
    this.generation++;
    this.mark = undefined;
    this.events.changed(same ? WENT_BACK : isTheOlder(found, known.identity));
    const identity = same ? await this.witness.nextEpoch(runner, found, known.identity.epoch) : found;
    this.known = { identity, witness: await this.witness.testify(runner) };
    this.events.accepted(identity);
  }
}

/**
 * A younger database than ours is taken for a mistake: it was started on an empty folder. So a process leaves its own only
 * for an older one, which it then was kept from by such a mistake.
 */
function verdictOn(found: Found, known: Known, mark: Mark | undefined): 'same' | 'changed' | 'another' {
  const { identity } = found;
  if (identity === undefined) return 'another';
  if (identity.uuid !== known.identity.uuid) {
    return identity.created < known.identity.created ? 'changed' : 'another';
  }
  const lost = mark !== undefined && Date.now() - mark.at < MARK_MS && (found.mark ?? 0) < mark.revision;
  return !lost && found.witness >= known.witness && identity.epoch === known.identity.epoch ? 'same' : 'changed';
}

const WENT_BACK =
  'the database has gone back in time, as after the restore of a backup: all tables are loaded anew before anything is written';

const isTheOlder = (found: Identity, own: Identity): string =>
  `the database is now that of installation ${found.uuid}, which is older than ${own.uuid}, on which this server was started: all tables are loaded anew before anything is written`;

function refusal(found: Identity | undefined, own: Identity): DomainError {
  const what =
    found === undefined ? 'has no identity' : `is that of another installation, ${found.uuid} of ${found.created}`;
  return new DomainError(
    'unavailable',
    `the database ${what}; this server works on installation ${own.uuid} of ${own.created}: start the database on its own data folder, or restart this server to work on the other one`,
  );
}

const hasChanged = (): DomainError =>
  new DomainError('unavailable', 'the database was replaced by another state of itself meanwhile, please retry');
