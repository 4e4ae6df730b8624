import { randomUUID } from 'node:crypto';
import type { Connection } from 'rethinkdb-ts';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { IDENTITY_ID, IDENTITY_TABLE, type Identity } from '../installation/identity.js';
import { runnerOn, type Query, type Runner } from './query.js';
import { r, type ReqlTable } from './reql.js';
import { fromRow, type Row } from './rows.js';
import { Witness } from './witness.js';

/** Timeout of one query for the identity, or of one write to it, in milliseconds. */
const LOOK_MS = 5_000;

/** What this process knows of the database: its identity, and which of its own writes were confirmed. */
interface Known {
  readonly identity: Identity;
  /** Revision of this process's witness. */
  readonly witness: number;
}

interface Found {
  readonly identity: Identity | undefined;
  readonly witness: number;
  /** Revision of the marked row, 0 if it is gone; `undefined` if no row was marked. */
  readonly mark: number | undefined;
}

/** The last write confirmed by the database. */
interface Mark {
  readonly table: string;
  readonly key: string;
  readonly revision: number;
  readonly at: number;
}

/** How long a mark is valid, in milliseconds: much shorter than tombstones are kept. */
const MARK_MS = 3_600_000;

export interface GuardEvents {
  /** The database has another history than memory: memory and all open connections are invalid. */
  readonly changed: (reason: string) => void;
  /** Called with the identity that is in effect from now on. */
  readonly accepted: (identity: Identity) => void;
}

/**
 * Ensures that a connection leads to the database whose content this process holds, including its whole history. Each
 * process periodically writes a witness there: a database that lacks a state it has confirmed is an older copy of
 * itself. The same holds if it has lost the last confirmed write to any other document. Every new connection is checked
 * before it is used; an open connection cannot move to another database.
 */
export class IdentityGuard {
  private readonly witness: Witness;
  private known: Known | undefined;
  private changing: Promise<void> | undefined;
  private mark: Mark | undefined;
  private generation = 0;

  constructor(
    private readonly table: (name: string) => ReqlTable,
    private readonly events: GuardEvents,
  ) {
    this.witness = new Witness(table(IDENTITY_TABLE), randomUUID());
  }

  /** Records that the database has confirmed a write of this process. */
  confirmed(table: string, key: string, revision: number): void {
    this.mark = { table, key, revision, at: Date.now() };
  }

  /** Accepts only this database from now on. */
  async start(identity: Identity, runner: Runner): Promise<void> {
    this.known = { identity, witness: await this.witness.renew(runner) };
  }

  /** Removes the witnesses of processes that have ended. */
  removeAbandoned(runner: Runner): Promise<void> {
    return this.witness.removeAbandoned(runner);
  }

  /** Renews the witness in the database. Returns false if that is another database, or an older copy. */
  async renew(runner: Runner): Promise<boolean> {
    const { known, mark } = this;
    if (known === undefined || this.changing !== undefined) return true;
    if (verdictOn(await this.look(runner, mark), known, mark) !== 'same') return false;
    const witness = await this.witness.renew(runner);
    if (this.known === known) this.known = { ...known, witness };
    return true;
  }

  /** For pooled connections. Throws `unavailable` if the database at the other end of `connection` must not be used. */
  readonly admit = async (connection: Connection): Promise<void> => {
    const runner = runnerOn(connection, LOOK_MS);
    for (let { known } = this; known !== undefined; { known } = this) {
      const { mark } = this; // writes confirmed during this check are covered by the next one
      const found = await this.look(runner, mark);
      if (this.known?.identity !== known.identity) continue; // decided by a concurrent check
      const verdict = verdictOn(found, known, mark);
      if (verdict === 'same') return;
      if (verdict === 'another' || found.identity === undefined) throw refusal(found.identity, known.identity);
      this.changing ??= this.change(runner, found.identity, known).finally(() => (this.changing = undefined));
      await this.changing;
    }
  };

  /** Returns a check that throws `unavailable` once the database is no longer the one it was at the time of this call. */
  pin(): () => void {
    const { generation } = this;
    return () => {
      if (generation !== this.generation) throw hasChanged();
    };
  }

  /** Returns a query that fails once the database is no longer the one it was at the time of this call. */
  bind<T>(query: Query<T>): Query<T> {
    const check = this.pin();
    return {
      run: async (connection) => {
        check();
        const answer = await query.run(connection);
        check(); // the response describes the previous state
        return answer;
      },
    };
  }

  private async look(runner: Runner, mark: Mark | undefined): Promise<Found> {
    const rows = this.table(IDENTITY_TABLE).getAll(IDENTITY_ID, this.witness.id).coerceTo('array');
    const marked = mark && this.table(mark.table).get(mark.key);
    const query = r.expr<[Row[], Row | null]>([rows, marked ?? null]);
    const [own, row] = (await runner.run(query)).result;
    const stored = (id: string) => fromRow(own.find((one) => one.id === id));
    const identity = stored(IDENTITY_ID).current as Identity | undefined;
    return { identity, witness: stored(this.witness.id).revision, mark: mark && (row?.revision ?? 0) };
  }

  /** Invalidates memory at once; the new state takes effect after the database has confirmed it. */
  private async change(runner: Runner, found: Identity, known: Known): Promise<void> {
    const same = found.uuid === known.identity.uuid;
    this.generation++;
    this.mark = undefined;
    this.events.changed(same ? WENT_BACK : isTheOlder(found, known.identity));
    const identity = same ? await this.witness.nextEpoch(runner, found, known.identity.epoch) : found;
    this.known = { identity, witness: await this.witness.renew(runner) };
    this.events.accepted(identity);
  }
}

/**
 * A database younger than ours is considered a mistake: it was started on an empty folder. Therefore a process switches
 * only to an older one, of which it was deprived by such a mistake.
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
  'the database has gone back in time, probably because a backup was restored: reloading all tables before the next write';

const isTheOlder = (found: Identity, own: Identity): string =>
  `the database now belongs to installation ${found.uuid}, which is older than ${own.uuid}, on which this server was started: reloading all tables before the next write`;

function refusal(found: Identity | undefined, own: Identity): DomainError {
  const what =
    found === undefined
      ? 'has no identity'
      : `belongs to another installation, ${found.uuid}, created ${found.created}`;
  return new DomainError(
    'unavailable',
    `the database ${what}; this server works on installation ${own.uuid}, created ${own.created}: start the database on its own data folder, or restart this server to use the other installation`,
  );
}

const hasChanged = (): DomainError =>
  new DomainError(
    'unavailable',
    'the database was replaced by another state of itself during the request, please retry',
  );
