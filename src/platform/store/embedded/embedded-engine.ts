import { Backoff } from '../../../shared/concurrency/backoff.js';
import { nextLoopRound } from '../../../shared/concurrency/timers.js';
import { systemClock, type Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine, EngineNames, FeedSink, Stored, WriteOutcome } from '../engine.js';
import type { LogEntry, LogRange } from '../append-log.js';
import { inPages, type SavedState } from '../saved-state.js';
import { TableContent } from '../table-content.js';
import type { Document } from '../table.js';
import { DATABASE_VERSION, openDatabase, type Database } from './database.js';
import { GroupCommit } from './group-commit.js';
import { documentKey, entryId, entryKey, entryRange, removalKey, type Op, type StoredRemoval } from './layout.js';
import { captureSnapshot, clearingOps, estimateSize, storingOps } from './backup.js';
import { loadTableContent } from './load-table-content.js';

interface TableState {
  tableContent: TableContent;
  readonly sinks: Set<FeedSink>;
}

export interface EmbeddedOptions {
  readonly clock?: Clock;
  /** Opens the folder; tests substitute a database that fails. */
  readonly open?: (folder: string) => Promise<Database>;
}

/** Maximum number of log entries per deletion batch. */
const PRUNE_CHUNK = 1000;

/**
 * One process, one folder. Conditions are evaluated in memory, in call order. A result (refusals included) is returned
 * only after everything it is based on is on disk. If a disk write fails, everything is reloaded from disk; until then,
 * calls fail with `unavailable`.
 */
export class EmbeddedEngine implements Engine {
  readonly kind = 'embedded';
  readonly isExclusive = true;
  private readonly tables = new Map<string, TableState>();
  private readonly clock: Clock;
  private readonly openFolder: (folder: string) => Promise<Database>;
  private readonly commits: GroupCommit<Op>;
  private db: Database | undefined;
  /** Keys of entries whose claims are in progress. */
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
    for (const name of names.tables) this.tables.set(name, { tableContent: new TableContent(), sinks: new Set() });
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
      begin, // recovery is in progress and ends with a snapshot for all sinks
    );
    const stop = async (): Promise<void> => {
      stopped = true;
      state.sinks.delete(sink);
    };
    return { stop };
  }

  async read(table: string, id: string): Promise<Stored> {
    const stored = this.deciding(table).tableContent.read(id);
    await this.commits.barrier();
    return stored;
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    const { tableContent, sinks } = this.deciding(table);
    const forget: Op[] = tableContent.removals.has(content.id)
      ? [{ type: 'del', key: removalKey(table, content.id) }]
      : [];
    return this.settle(table, tableContent.insert(content), sinks, forget);
  }

  async replace(table: string, content: { readonly id: string }, expectedRevision: number): Promise<WriteOutcome> {
    const { tableContent, sinks } = this.deciding(table);
    return this.settle(table, tableContent.replace(content, expectedRevision), sinks);
  }

  async remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome> {
    const { tableContent, sinks } = this.deciding(table);
    const outcome = tableContent.remove(id, expectedRevision);
    if (!outcome.ok) return this.settle(table, outcome, sinks);
    const removal: StoredRemoval = { id, revision: outcome.document.revision + 1, at: this.clock.now() };
    const ops: Op[] = [
      { type: 'del', key: documentKey(table, id) },
      { type: 'put', key: removalKey(table, id), value: JSON.stringify(removal) },
    ];
    await this.commits.commit(ops, () => sinks.forEach((sink) => sink.removed(id, removal.revision)));
    return outcome;
  }

  async patchUnchecked(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const { tableContent, sinks } = this.deciding(table);
    const documents = tableContent.patchUnchecked(patches);
    const ops = documents.map((document) => putDocument(table, document.id, JSON.stringify(document)));
    await this.commits.commit(ops, () => documents.forEach((document) => sinks.forEach((sink) => sink.put(document))));
    return documents;
  }

  async append(log: string, entries: readonly LogEntry[]): Promise<void> {
    this.opened();
    const put = (entry: LogEntry): Op => ({ type: 'put', key: entryKey(log, entry.id), value: JSON.stringify(entry) });
    await this.commits.commit(entries.map(put));
  }

  /** If not durable, the claim reaches the disk together with, or before, the next commit. */
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

  /** Commits become durable in order, so a snapshot is what a crash at this moment would leave. */
  capture(names: EngineNames): AsyncIterable<readonly SavedState[]> {
    return inPages(captureSnapshot(this.opened(), names));
  }

  async estimate({ tables, logs }: EngineNames): Promise<number> {
    const db = this.opened();
    const sizes = tables.map((name) => this.tables.get(name)?.tableContent.documents.size ?? 0);
    return sizes.reduce((sum, size) => sum + size, await estimateSize(db, logs));
  }

  async store(states: readonly SavedState[]): Promise<void> {
    await this.commits.commit(storingOps(states, this.clock.now()));
    for (const state of states) if (state.kind !== 'entry') this.table(state.name).tableContent.restore(state);
  }

  async clear(names: EngineNames): Promise<void> {
    for await (const ops of clearingOps(this.opened(), names)) await this.commits.commit(ops);
    for (const name of names.tables) this.table(name).tableContent.clear();
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
    outcome: WriteOutcome & { readonly json?: string },
    sinks: ReadonlySet<FeedSink>,
    also: readonly Op[] = [],
  ): Promise<WriteOutcome> {
    if (!outcome.ok) {
      await this.commits.barrier();
      return outcome;
    }
    const { document, json = JSON.stringify(document) } = outcome;
    await this.commits.commit([putDocument(table, document.id, json), ...also], () =>
      sinks.forEach((sink) => sink.put(document)),
    );
    return outcome;
  }

  /** The state on which a call is decided. Throws `unavailable` if there is none. */
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

  /** Without the pause, the barriers themselves would keep the commits busy, and the event loop with them. */
  private async whenIdle(): Promise<void> {
    while (!this.commits.idle) {
      await this.commits.barrier();
      await nextLoopRound();
    }
  }

  private tellAll({ tableContent, sinks }: TableState, sink: FeedSink): void {
    if (!sinks.has(sink)) return;
    try {
      sink.snapshot([...tableContent.documents.values()], [...tableContent.removals.values()]);
    } catch (error) {
      sink.lost(error as Error); // the sink cannot interpret the stored data; the engine continues
    }
  }

  private async load(): Promise<Database> {
    const db = await this.openFolder(this.folder);
    const loaded = new Map<string, TableContent>();
    try {
      for (const name of this.tables.keys()) loaded.set(name, await loadTableContent(db, name, this.clock.now()));
    } catch (error) {
      await db.close();
      throw new DomainError('unavailable', `data folder "${this.folder}" cannot be read`, undefined, { cause: error });
    }
    for (const [name, state] of this.tables) state.tableContent = loaded.get(name) ?? state.tableContent;
    return db;
  }

  /** After a failed write, memory is ahead of the disk, and the library rejects writes until it is reopened. */
  private async recover(cause: unknown): Promise<void> {
    const { db } = this;
    if (db === undefined) return;
    this.db = undefined;
    const error = new Error(`a write to data folder "${this.folder}" failed`, { cause });
    for (const { sinks } of this.tables.values()) for (const sink of sinks) sink.lost(error);
    await db.close().catch(() => undefined);
    const backoff = new Backoff({ base: 50, cap: 2000 });
    while (!this.closed && this.db === undefined) {
      this.db = await this.load().catch(() => undefined);
      if (this.db === undefined) await backoff.wait();
    }
    if (this.closed) await this.close();
    else for (const state of this.tables.values()) for (const sink of state.sinks) this.tellAll(state, sink);
  }
}

const putDocument = (table: string, id: string, value: string): Op => ({
  type: 'put',
  key: documentKey(table, id),
  value,
});
