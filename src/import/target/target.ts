import { LiveTable } from '../../platform/store/live-table.js';
import type { Engine } from '../../platform/store/engine.js';
import { Store } from '../../platform/store/store.js';
import type { Document, Table } from '../../platform/store/table.js';
import { timestamp } from '../../shared/clock.js';
import { SYSTEM_PROJECT } from '../../modules/project/project.js';
import { projectTable } from '../../modules/project/project.table.js';
import type { ReplicaRecord } from '../../modules/replica/replica.js';
import { readRecord, writeRecord, type ImportRecord } from './import-record.js';
import { IMPORTED, REPLICAS, TRACES } from './tables.js';

/** A server that was heard of within this time is running, in milliseconds. */
const ALIVE_MS = 60_000;

/** The database that an import writes into, as the server would open it: secrets are encrypted when they are written. */
export class Target {
  private constructor(
    private readonly store: Store,
    /** What an earlier import left. */
    readonly record: ImportRecord | undefined,
  ) {}

  /** Opens and loads it; its tables must be there (`metal-api migrate`). */
  static async open(engine: Engine): Promise<Target> {
    const store = new Store(engine);
    for (const definition of [...IMPORTED, ...TRACES, REPLICAS]) store.table(definition as never);
    await store.start();
    return new Target(store, await readRecord(engine));
  }

  table(name: string): LiveTable<Document> {
    const table = this.store.named(name);
    if (!(table instanceof LiveTable)) throw new Error(`no table "${name}"`);
    return table;
  }

  /** Names of servers that are running on it now. */
  runningServers(now: number): string[] {
    return [...(this.table(REPLICAS.name) as Table<Document> as Table<ReplicaRecord>).list()]
      .filter(({ at }) => now - Date.parse(at) < ALIVE_MS)
      .map(({ host, id }) => `${id} on ${host}`);
  }

  /** Why it counts as in use; undefined when it is empty, or holds nothing but an import that no server has touched. */
  inUse(): string | undefined {
    const traces = TRACES.filter(({ name }) => this.table(name).size > 0);
    if (traces.length > 0) return `servers have worked on it (table ${traces.map(({ name }) => name).join(', ')})`;
    if (this.table(projectTable.name).get(SYSTEM_PROJECT)) return 'a server has been started on it';
    if (this.record !== undefined) return undefined;
    const filled = IMPORTED.filter(({ name }) => this.table(name).size > 0);
    if (filled.length === 0) return undefined;
    return `it holds ${filled.map(({ name }) => `${this.table(name).size} of table ${name}`).join(', ')}`;
  }

  /** Everything that is stored in the imported tables. */
  *documents(): Iterable<[table: string, documents: Iterable<Document>]> {
    for (const { name } of IMPORTED) yield [name, this.table(name).list()];
  }

  /** Whether `insertMany` is worthwhile. */
  get insertsMany(): boolean {
    return this.store.engine.insertMany !== undefined;
  }

  /** Stores new documents; resolves when they are stored, which memory learns a moment later. */
  async insertMany(table: string, contents: readonly { readonly id: string }[]): Promise<void> {
    await this.table(table).insertMany(contents);
  }

  /** Waits a moment for what was written so far. */
  catchUp(): Promise<void> {
    return this.store.catchUp();
  }

  begin(sources: readonly string[], now: number): Promise<void> {
    return writeRecord(this.store.engine, { state: 'running', started: timestamp(now), sources });
  }

  async end(now: number): Promise<void> {
    const { started = timestamp(now), sources = [] } = (await readRecord(this.store.engine)) ?? {};
    await writeRecord(this.store.engine, { state: 'done', started, finished: timestamp(now), sources });
  }

  close(): Promise<void> {
    return this.store.stop();
  }
}
