import { backoff, sleep } from '../../../shared/async.js';
import { systemClock, type Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine, FeedSink, Stored, WriteOutcome } from '../engine.js';
import type { LogEntry, LogRange } from '../log.js';
import { Records } from '../records.js';
import type { Document } from '../table.js';
import { DATABASE_VERSION, openDatabase, type Database } from './database.js';
import { GroupCommit } from './group-commit.js';
import { documentKey, entryId, entryKey, entryRange, removalKey, type Op, type StoredRemoval } from './layout.js';
import { loadRecords } from './loading.js';

interface TableState {
  records: Records;
  readonly sinks: Set<FeedSink>;
}

export interface EmbeddedOptions {
  readonly clock?: Clock;
  /** How to open the folder; tests hand in a database that fails. */
  readonly open?: (folder: string) => Promise<Database>;
}

/** How many entries of history one deletion batch holds. */
const PRUNE_CHUNK = 1000;

/**
 * One process, one folder. Conditions are decided in memory, in the order in which the calls come; an answer (also a
 * refusal) leaves only after everything it was decided on is on disk. When a write to disk fails, everything is read
 * again from disk, and until then calls fail with `unavailable`.
 */
export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded';
  private readonly tables = new Map<string, TableState>();
  private readonly clock: Clock;
  private readonly openFolder: (folder: string) => Promise<Database>;
  private readonly commits: GroupCommit<Op>;
  private db: Database | undefined;
  /** Keys of entries whose claims are under way. */
  private readonly claiming = new Set<string>();
  private closed = false;

  constructor(
    private readonly folder: string,
    options: EmbeddedOptions = {},
  ) {
    this.clock = options.clock ?? systemClock;
    this.openFolder = options.open ?? openDatabase;
    this.commits = new GroupCommit(
      (ops) => this.opened().write(ops),
      (error) => void this.recover(error),
    );
  }

  async open(names: { readonly tables: readonly string[] }): Promise<void> {
    for (const name of names.tables) this.tables.set(name, { records: new Records(), sinks: new Set() });
    this.db = await this.load();
  }

  follow(table: string, sink: FeedSink): { stop(): Promise<void> } {
    const state = this.table(table);
    let stopped = false;
    const begin = (): void => {
      if (!stopped) state.sinks.add(sink);
    };
    this.whenIdle().then(
      () => {
        begin();
        this.tellAll(state, sink);
      },
      begin, // recovery is under way, and ends with a snapshot for everybody
    );
    const stop = async (): Promise<void> => {
      stopped = true;
      state.sinks.delete(sink);
    };
    return { stop };
  }

  async read(table: string, id: string): Promise<Stored> {
    const stored = this.deciding(table).records.read(id);
    await this.commits.barrier();
    return stored;
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    const { records, sinks } = this.deciding(table);
    const forget: Op[] = records.removals.has(content.id) ? [{ type: 'del', key: removalKey(table, content.id) }] : [];
    return this.settle(table, records.insert(content), sinks, forget);
  }

  async replace(table: string, content: { readonly id: string }, expectedRevision: number): Promise<WriteOutcome> {
    const { records, sinks } = this.deciding(table);
    return this.settle(table, records.replace(content, expectedRevision), sinks);
  }

  async remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome> {
    const { records, sinks } = this.deciding(table);
    const outcome = records.remove(id, expectedRevision);
    if (!outcome.ok) return this.settle(table, outcome, sinks);
    const removal: StoredRemoval = { id, revision: outcome.document.revision + 1, at: this.clock.now() };
    const ops: Op[] = [
      { type: 'del', key: documentKey(table, id) },
      { type: 'put', key: removalKey(table, id), value: JSON.stringify(removal) },
    ];
    await this.commits.commit(ops, () => sinks.forEach((sink) => sink.removed(id, removal.revision)));
    return outcome;
  }

  async touch(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const { records, sinks } = this.deciding(table);
    const documents = records.touch(patches);
    const ops = documents.map((document) => putDocument(table, document));
    await this.commits.commit(ops, () => documents.forEach((document) => sinks.forEach((sink) => sink.put(document))));
    return documents;
  }

  async append(log: string, entries: readonly LogEntry[]): Promise<void> {
    this.opened();
    const put = (entry: LogEntry): Op => ({ type: 'put', key: entryKey(log, entry.id), value: JSON.stringify(entry) });
    await this.commits.commit(entries.map(put));
  }

  /** Not durable: on disk in the same write as what is committed next, or before it. */
  async claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean> {
    const key = entryKey(log, entry.id);
    if (this.claiming.has(key)) return false;
    this.claiming.add(key);
    let written: Promise<void> = Promise.resolve();
    try {
      if (await this.opened().has(key)) return false;
      const ops: Op[] = [{ type: 'put', key, value: JSON.stringify(entry) }];
      written = durable ? this.commits.commit(ops) : this.commits.commitLater(ops);
      if (durable) await written;
      return true;
    } finally {
      void written.catch(() => undefined).finally(() => this.claiming.delete(key));
    }
  }

  async *scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry> {
    const keys = entryRange(log, range);
    if (keys === undefined) return;
    const entries = this.opened().entries(keys, { reverse: descending });
    for await (const [, value] of entries) yield JSON.parse(value) as LogEntry;
  }

  async prune(log: string, range: LogRange): Promise<number> {
    const keys = entryRange(log, range);
    if (keys === undefined) return 0;
    let pruned = 0;
    const ops: Op[] = [];
    for await (const [key] of this.opened().entries(keys)) {
      ops.push({ type: 'del', key });
      pruned++;
      if (ops.length === PRUNE_CHUNK) await this.commits.commit(ops.splice(0));
    }
    await this.commits.commit(ops);
    return pruned;
  }

  async nthNewest(log: string, n: number): Promise<string | undefined> {
    const range = entryRange(log, {});
    if (range === undefined) return undefined;
    let newer = 0;
    for await (const key of this.opened().keys(range, { reverse: true })) {
      if (newer++ === n) return entryId(log, key);
    }
    return undefined;
  }

  async version(): Promise<string> {
    this.opened();
    return DATABASE_VERSION;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.commits.commit([]).catch(() => undefined);
    const { db } = this;
    this.db = undefined;
    await db?.close();
  }

  private async settle(
    table: string,
    outcome: WriteOutcome,
    sinks: ReadonlySet<FeedSink>,
    also: readonly Op[] = [],
  ): Promise<WriteOutcome> {
    if (!outcome.ok) {
      await this.commits.barrier();
      return outcome;
    }
    const { document } = outcome;
    await this.commits.commit([putDocument(table, document), ...also], () =>
      sinks.forEach((sink) => sink.put(document)),
    );
    return outcome;
  }

  /** The state to decide a call on; throws `unavailable` while there is none. */
  private deciding(table: string): TableState {
    this.opened();
    if (this.closed) throw new DomainError('unavailable', 'the store is closed');
    return this.table(table);
  }

  private opened(): Database {
    if (this.db === undefined) throw new DomainError('unavailable', `data folder "${this.folder}" is not open`);
    return this.db;
  }

  private table(name: string): TableState {
    const state = this.tables.get(name);
    if (state === undefined) throw new Error(`table "${name}" was not opened`);
    return state;
  }

  private async whenIdle(): Promise<void> {
    while (!this.commits.idle) await this.commits.barrier();
  }

  private tellAll({ records, sinks }: TableState, sink: FeedSink): void {
    if (!sinks.has(sink)) return;
    try {
      sink.snapshot([...records.documents.values()], [...records.removals.values()]);
    } catch (error) {
      sink.lost(error as Error); // it cannot make sense of what is stored, and an engine goes on
    }
  }

  private async load(): Promise<Database> {
    const db = await this.openFolder(this.folder);
    const loaded = new Map<string, Records>();
    try {
      for (const name of this.tables.keys()) loaded.set(name, await loadRecords(db, name, this.clock.now()));
    } catch (error) {
      await db.close();
      throw new DomainError('unavailable', `data folder "${this.folder}" cannot be read`, undefined, { cause: error });
    }
    for (const [name, state] of this.tables) state.records = loaded.get(name) ?? state.records;
    return db;
  }

  /** After a failed write memory is ahead of the disk, and the library accepts no more writes until opened again. */
  private async recover(cause: unknown): Promise<void> {
    const { db } = this;
    if (db === undefined) return;
    this.db = undefined;
    const error = new Error(`a write to data folder "${this.folder}" failed`, { cause });
    for (const { sinks } of this.tables.values()) for (const sink of sinks) sink.lost(error);
    await db.close().catch(() => undefined);
    for (let attempt = 0; !this.closed && this.db === undefined; attempt++) {
      this.db = await this.load().catch(() => undefined);
      if (this.db === undefined) await sleep(backoff(attempt, 50, 2000));
    }
    if (this.closed) await this.close();
    else for (const state of this.tables.values()) for (const sink of state.sinks) this.tellAll(state, sink);
  }
}

const putDocument = (table: string, document: Document): Op => ({
  type: 'put',
  key: documentKey(table, document.id),
  value: JSON.stringify(document),
});
