import { systemClock, type Clock } from '../../shared/clock.js';
import type { Engine, EngineNames } from './engine.js';
import { IDENTITY_TABLE, identify } from './installation/identity.js';
import { Installation } from './installation/installation.js';
import { LiveLog } from './live-log.js';
import { LiveTable } from './live-table.js';
import type { Log, LogDefinition, LogEntry } from './log.js';
import type { Report } from './replica.js';
import type { Document, Table, TableDefinition } from './table.js';

/** What /v1/health says about the store. */
export interface StoreHealth {
  /** `memory`, `embedded` or `rethinkdb`. */
  readonly kind: string;
  /** Version of the database. */
  readonly version: string;
  readonly tables: readonly { readonly name: string; readonly size: number; readonly synced: boolean }[];
}

export interface StoreOptions {
  /** Hears of failures that have no caller. Default: process warnings. */
  readonly report?: Report;
  readonly clock?: Clock;
}

type AnyTable = LiveTable<Document>;

/** All live tables and logs of this process over one engine. Definitions are registered first, then it is started. */
export class Store {
  /** Whose database this is; known once the store is started. */
  readonly installation = new Installation();
  private readonly tables = new Map<string, AnyTable>();
  private readonly logs = new Map<string, LiveLog<LogEntry>>();
  private started: Promise<void> | undefined;

  constructor(
    readonly engine: Engine,
    private readonly options: StoreOptions = {},
  ) {}

  /** The live table of a definition; the same one for every call. Throws when the store has been started without it. */
  table<T extends Document, I extends string>(definition: TableDefinition<T, I>): Table<T, I> {
    let table = this.tables.get(definition.name);
    if (table === undefined) {
      this.refuseWhenStarted(`table "${definition.name}"`);
      table = new LiveTable(this.engine, definition, this.options) as unknown as AnyTable;
      this.tables.set(definition.name, table);
    }
    return table as unknown as Table<T, I>;
  }

  /** The log of a definition; like `table`. */
  log<E extends LogEntry>(definition: LogDefinition<E>): Log<E> {
    let log = this.logs.get(definition.name);
    if (log === undefined) {
      this.refuseWhenStarted(`log "${definition.name}"`);
      log = new LiveLog(this.engine, definition.name);
      this.logs.set(definition.name, log);
    }
    return log as unknown as Log<E>;
  }

  /** Names of the tables and logs that were declared, the table of the identity, and the secret fields. */
  get names(): Required<EngineNames> {
    const tables = [...this.tables.values()];
    const secrets = tables.flatMap(({ name, secrets }) => (secrets.length === 0 ? [] : [[name, secrets] as const]));
    return {
      tables: [IDENTITY_TABLE, ...this.tables.keys()],
      logs: [...this.logs.keys()],
      secrets: Object.fromEntries(secrets),
    };
  }

  /** Opens the engine and loads every table; resolves when all are synced. Calling it again waits for the same start. */
  start(): Promise<void> {
    this.started ??= this.load();
    return this.started;
  }

  /** True when every table follows the database. */
  get ready(): boolean {
    return this.started !== undefined && [...this.tables.values()].every((table) => table.synced);
  }

  /** Asks the database for its version; throws when it does not answer. */
  async health(): Promise<StoreHealth> {
    const tables = [...this.tables.values()].map(({ name, size, synced }) => ({ name, size, synced }));
    return { kind: this.engine.kind, version: await this.engine.version(), tables };
  }

  /** Stops following and closes the engine; writes under way are finished first. */
  async stop(): Promise<void> {
    await Promise.all([...this.tables.values()].map((table) => table.stop()));
    await this.engine.close();
  }

  private async load(): Promise<void> {
    await this.engine.open(this.names);
    this.installation.learn(await identify(this.engine, (this.options.clock ?? systemClock).now()));
    await Promise.all([...this.tables.values()].map((table) => table.start()));
  }

  private refuseWhenStarted(what: string): void {
    if (this.started !== undefined) throw new Error(`${what} was declared after the store was started`);
  }
}
