import { r, type RDatum, type RTable } from 'rethinkdb-ts';
import type { Engine, FeedSink, Stored, WriteOutcome } from '../engine.js';
import type { LogEntry, LogRange } from '../log.js';
import type { Identity } from '../installation/identity.js';
import type { Document } from '../table.js';
import { REMEMBER_REMOVALS_MS } from '../tombstones.js';
import { Connections } from './connections.js';
import { Feed, probe } from './feed.js';
import { isMissing, reasonOf } from './failures.js';
import { Guard } from './guard.js';
import { History } from './history.js';
import type { Endpoint } from './lane.js';
import { awaitDatabase, prepareSchema, RUNTIME_USER } from './schema.js';
import { Writes } from './writes.js';

export interface RethinkOptions extends Endpoint {
  readonly database: string;
  /** Only look, as the given user: nothing is created, no table has to exist. */
  readonly inspect?: boolean;
  /** Hears why the start takes long. Default: process warnings. */
  readonly report?: (message: string) => void;
}

/** How often this process leaves word in the database that it was there, in milliseconds. */
const RENEW_EVERY_MS = 5_000;

/** How often old removals are forgotten, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;

const toWarning = (message: string): void => process.emitWarning(message);

/** Logs live beside the tables, under names that no table has. */
const logTable = (log: string): string => `log_${log}`;

/** Many processes on one database. Documents are rows of the table of their name (`rows.ts`). */
export class RethinkEngine implements Engine {
  readonly kind = 'rethinkdb';
  private readonly connections: Connections;
  private readonly guard: Guard;
  private readonly writes: Writes;
  private readonly history: History;
  private readonly stops: (() => void)[] = [];
  private readonly sinks = new Set<FeedSink>();
  private tables: readonly string[] = [];
  private accepted: (identity: Identity) => void = () => undefined;
  /** What was reported of a change that is under way: the first attempt to get over it may fail. */
  private announced = '';
  private closed = false;

  constructor(private readonly options: RethinkOptions) {
    const { host, port, password, user, tls, inspect } = options;
    const table = (name: string): RTable => r.db(options.database).table(name);
    this.guard = new Guard(table, {
      changed: (reason) => this.forgetAll(reason),
      accepted: (identity) => {
        this.announced = '';
        this.accepted(identity);
      },
    });
    this.connections = new Connections({ host, port, password, tls, user: inspect ? user : RUNTIME_USER }, this.guard);
    this.writes = new Writes(this.connections, table, (...write) => this.guard.confirmed(...write));
    this.history = new History(this.connections, (log) => table(logTable(log)));
  }

  async open(names: { readonly tables: readonly string[]; readonly logs: readonly string[] }): Promise<void> {
    const { database, host, port, user, password, tls, inspect, report = toWarning } = this.options;
    const endpoint = { host, port, user, password, tls };
    const patience = {
      abandon: () => this.closed,
      waiting: (error: unknown) => report(`waiting for the database at ${host}:${port}: ${reasonOf(error)}`),
    };
    if (inspect) return awaitDatabase(endpoint, patience);
    this.tables = names.tables;
    await prepareSchema(endpoint, database, [...names.tables, ...names.logs.map(logTable)], patience);
    const timer = setInterval(() => void this.forgetRemovals().catch(() => undefined), FORGET_EVERY_MS).unref();
    this.stops.push(probe(this.connections.feeds), () => clearInterval(timer));
  }

  follow(table: string, sink: FeedSink): { stop(): Promise<void> } {
    const feed = new Feed(this.connections.feeds, r.db(this.options.database).table(table), sink);
    this.sinks.add(sink);
    void feed.run();
    const stop = async (): Promise<void> => {
      this.sinks.delete(sink);
      await feed.stop();
    };
    return { stop };
  }

  async hold(identity: Identity, accepted: (identity: Identity) => void): Promise<void> {
    this.accepted = accepted;
    await this.guard.start(identity, this.connections);
    await this.guard.removeAbandoned(this.connections);
    const timer = setInterval(() => void this.renew().catch(() => undefined), RENEW_EVERY_MS).unref();
    this.stops.push(() => clearInterval(timer));
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

  replace(table: string, content: { readonly id: string }, expectedRevision: number): Promise<WriteOutcome> {
    return this.writes.replace(table, content, expectedRevision);
  }

  remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome> {
    return this.writes.remove(table, id, expectedRevision);
  }

  touch(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    return this.writes.touch(table, patches);
  }

  append(log: string, entries: readonly LogEntry[]): Promise<void> {
    return this.history.append(log, entries);
  }

  claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    return this.history.claim(log, entry, durable);
  }

  scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry> {
    return this.history.scan(log, range, descending);
  }

  prune(log: string, range: LogRange): Promise<number> {
    return this.history.prune(log, range);
  }

  nthNewest(log: string, n: number): Promise<string | undefined> {
    return this.history.nthNewest(log, n);
  }

  async version(): Promise<string> {
    const status = r.db('rethinkdb').table('server_status').nth(0);
    return (await this.connections.once(status('process')('version'))) as string;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.stops.splice(0)) stop();
    this.connections.close();
  }

  /** Deletes removals that are older than anything late can be; checked again for each row in the atomic step. */
  async forgetRemovals(olderThanMs = REMEMBER_REMOVALS_MS): Promise<void> {
    const horizon = r
      .now()
      .toEpochTime()
      .sub(olderThanMs / 1000);
    const isOld = (row: RDatum): RDatum<boolean> => row('$removed').default(horizon).lt(horizon);
    for (const name of this.tables) {
      const old = r.db(this.options.database).table(name).filter(isOld);
      await this.connections.run(old.replace((row: RDatum) => r.branch(isOld(row), null, row)));
    }
  }

  private async renew(): Promise<void> {
    if (!(await this.guard.renew(this.connections))) this.connections.reset();
  }

  private forgetAll(reason: string): void {
    const { report = toWarning } = this.options;
    if (this.announced !== reason) report(reason);
    this.announced = reason;
    for (const sink of this.sinks) sink.forget();
    this.connections.reset();
  }
}
