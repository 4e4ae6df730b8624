import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { isDomainError, type DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine, EngineNames, FeedSink, Stored, WriteOutcome } from '../engine.js';
import type { LogEntry, LogRange } from '../append-log.js';
import type { Identity } from '../installation/identity.js';
import type { SavedState } from '../saved-state.js';
import type { Document } from '../table.js';
import { REMEMBER_REMOVALS_MS } from '../tombstones.js';
import { captureTables } from './capture.js';
import { ConnectionPool } from './connection-pool.js';
import { Feed, probe } from './feed.js';
import { isMissing, isTransient, reasonOf } from './failures.js';
import { IdentityGuard } from './identity-guard.js';
import { Overwrite } from './overwrite.js';
import { r, type ReqlTable, type Term } from './reql.js';
import { RethinkLogs } from './rethink-logs.js';
import { SeenWrites } from './seen-writes.js';
import { closedError, type DatabaseEndpoint } from './pooled-connection.js';
import { awaitDatabase, prepareSchema, RUNTIME_USER } from './schema.js';
import { tlsHint } from './tls-failure.js';
import { Writes } from './writes.js';

export interface RethinkOptions extends DatabaseEndpoint {
  readonly database: string;
  /** Read-only, as the given user: creates nothing and does not require any table to exist. */
  readonly inspect?: boolean;
  /** Called with the reason when opening takes long. Default: process warnings. */
  readonly report?: ((message: string) => void) | undefined;
}

/** How often this process renews its witness in the database, in milliseconds. */
const RENEW_EVERY_MS = 5_000;

/** How often expired tombstones are deleted, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;

const toWarning = (message: string): void => process.emitWarning(message);

/** Logs are stored next to the tables, under names that no table has. */
const logTable = (log: string): string => `log_${log}`;

/** An engine for many processes on one database. Documents are rows of the table with their name (`rows.ts`). */
export class RethinkEngine implements Engine {
  readonly kind = 'rethinkdb';
  private readonly pool: ConnectionPool;
  private readonly guard: IdentityGuard;
  private readonly writes: Writes;
  private readonly logs: RethinkLogs;
  /** Errors are those of the database, which the feeds report. */
  private readonly jobs = new Scheduler(() => undefined);
  private readonly overwrite: Overwrite;
  private readonly seen = new SeenWrites();
  private readonly sinks = new Set<FeedSink>();
  private tables: readonly string[] = [];
  private accepted: (identity: Identity) => void = () => undefined;
  /** The last reported reason of a change in progress: the first attempt to complete it may fail. */
  private announced = '';
  private readonly closing = new AbortController();
  /** Why the database refused the last renewal of the witness, e.g. because the user may no longer write. */
  private refused: DomainError | undefined;

  constructor(private readonly options: RethinkOptions) {
    const { host, port, password, user, tls, inspect } = options;
    const table = (name: string): ReqlTable => r.db(options.database).table(name);
    this.guard = new IdentityGuard(table, {
      changed: (reason) => this.forgetAll(reason),
      accepted: (identity) => {
        this.announced = '';
        this.accepted(identity);
      },
    });
    this.pool = new ConnectionPool({ host, port, password, tls, user: inspect ? user : RUNTIME_USER }, this.guard);
    this.writes = new Writes(
      this.pool,
      table,
      (...write) => this.guard.confirmed(...write),
      () => this.guard.pin(),
      this.seen,
    );
    this.logs = new RethinkLogs(this.pool, (log) => table(logTable(log)));
    this.overwrite = new Overwrite(this.pool, table, (log) => table(logTable(log)));
  }

  async open(names: { readonly tables: readonly string[]; readonly logs: readonly string[] }): Promise<void> {
    const { database, host, port, user, password, tls, inspect, report = toWarning } = this.options;
    const endpoint = { host, port, user, password, tls };
    const patience = {
      abandoned: this.closing.signal,
      waiting: (error: unknown) =>
        report(`waiting for the database at ${host}:${port}: ${reasonOf(error)}${tls ? '' : tlsHint(error)}`),
    };
    if (inspect) return awaitDatabase(endpoint, patience);
    this.tables = names.tables;
    await prepareSchema(endpoint, database, [...names.tables, ...names.logs.map(logTable)], patience);
    probe(this.pool.feeds, this.jobs);
    this.jobs.every(FORGET_EVERY_MS, 'removal of old tombstones', () => this.forgetRemovals());
  }

  follow(table: string, sink: FeedSink): { stop(): Promise<void> } {
    const query = r.db(this.options.database).table(table);
    const feed = new Feed(this.pool.feeds, { name: table, query }, sink, this.seen);
    this.sinks.add(sink);
    void feed.run();
    const stop = async (): Promise<void> => {
      this.sinks.delete(sink);
      await feed.stop();
    };
    return { stop };
  }

  async bindToIdentity(identity: Identity, accepted: (identity: Identity) => void): Promise<void> {
    this.accepted = accepted;
    await this.guard.start(identity, this.pool);
    await this.guard.removeAbandoned(this.pool);
    this.jobs.every(RENEW_EVERY_MS, 'renewal of the witness', () => this.renew());
  }

  barrier(table: string): Promise<number> {
    return this.writes.barrier(table);
  }

  async read(table: string, id: string): Promise<Stored> {
    try {
      return await this.writes.read(table, id);
    } catch (error) {
      if (this.options.inspect && isMissing(error)) return { current: undefined, revision: 0 };
      throw error;
    }
  }

  insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    return this.writes.insert(table, content);
  }

  insertMany(table: string, contents: readonly { readonly id: string }[]): Promise<void> {
    return this.writes.insertMany(table, contents);
  }

  replace(
    table: string,
    content: { readonly id: string },
    expectedRevision: number,
    changed?: ReadonlySet<string>,
  ): Promise<WriteOutcome> {
    return this.writes.replace(table, content, expectedRevision, changed);
  }

  remove(table: string, id: string, expectedRevision: number | undefined, known?: Document): Promise<WriteOutcome> {
    return this.writes.remove(table, id, expectedRevision, known);
  }

  patchUnchecked(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    return this.writes.patchUnchecked(table, patches);
  }

  append(log: string, entries: readonly LogEntry[]): Promise<void> {
    return this.logs.append(log, entries);
  }

  claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    return this.logs.claim(log, entry, durable);
  }

  scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry> {
    return this.logs.scan(log, range, descending);
  }

  prune(log: string, range: LogRange): Promise<number> {
    return this.logs.prune(log, range);
  }

  nthNewest(log: string, n: number): Promise<string | undefined> {
    return this.logs.nthNewest(log, n);
  }

  capture(names: EngineNames): AsyncIterable<readonly SavedState[]> {
    return captureTables(
      {
        pool: this.pool,
        table: (name) => r.db(this.options.database).table(name),
        barrier: (name) => this.barrier(name),
        scan: (log) => this.logs.scan(log, {}, false),
      },
      names,
    );
  }

  async estimate({ tables, logs }: EngineNames): Promise<number> {
    const counts = [...tables, ...logs.map(logTable)].map((name) =>
      r.db(this.options.database).table(name).info()('doc_count_estimates').sum(),
    );
    return (await this.pool.run(r.expr(counts).sum())).result;
  }

  store(states: readonly SavedState[]): Promise<void> {
    return this.overwrite.store(states);
  }

  clear(names: EngineNames): Promise<void> {
    return this.overwrite.clear(names);
  }

  /** The version of the database. Throws `unavailable` if it does not answer, or refused the last renewal of the witness. */
  async version(): Promise<string> {
    if (this.refused) throw this.refused;
    const status = r.db('rethinkdb').table('server_status').nth(0);
    return this.pool.once(status('process')<string>('version'));
  }

  async close(): Promise<void> {
    this.closing.abort(closedError());
    void this.jobs.stop(); // without waiting for a database that may not answer
    this.pool.close();
  }

  /** Deletes tombstones that are older than any possible delay; re-checked for each row in the atomic step. */
  async forgetRemovals(olderThanMs = REMEMBER_REMOVALS_MS): Promise<void> {
    const horizon = r
      .now()
      .toEpochTime()
      .sub(olderThanMs / 1000);
    const isOld = (row: Term): Term<boolean> => row('$removed').default(horizon).lt(horizon);
    for (const name of this.tables) {
      const old = r.db(this.options.database).table(name).filter(isOld);
      await this.pool.run(old.replace((row: Term) => r.branch(isOld(row), null, row)));
    }
  }

  private async renew(): Promise<void> {
    try {
      if (!(await this.guard.renew(this.pool))) this.pool.reset();
      this.refused = undefined;
    } catch (error) {
      this.refused = isDomainError(error, 'unavailable') && !isTransient(error) ? error : undefined;
      throw error;
    }
  }

  private forgetAll(reason: string): void {
    const { report = toWarning } = this.options;
    if (this.announced !== reason) report(reason);
    this.announced = reason;
    for (const sink of this.sinks) sink.invalidate();
    this.pool.reset();
  }
}
