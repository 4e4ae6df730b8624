import { systemClock, type Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import type { Engine, EngineNames } from './engine.js';
import { IDENTITY_TABLE, loadOrCreateIdentity } from './installation/identity.js';
import { refuseUnfinishedRestore } from './installation/restore-mark.js';
import { Installation } from './installation/installation.js';
import { EngineAppendLog } from './engine-append-log.js';
import { LiveTable, type LiveTableOptions } from './live-table.js';
import type { AppendLog, LogDefinition, LogEntry } from './append-log.js';
import { OutageReporter } from './outage-reporter.js';
import type { FailureReporter } from './table-mirror.js';
import type { Document, Table, TableDefinition } from './table.js';

/** Health of the store for /v1/health. */
export interface StoreHealth {
  /** `memory`, `embedded` or `rethinkdb`. */
  readonly kind: string;
  /** Version of the database. */
  readonly version: string;
  readonly tables: readonly { readonly name: string; readonly size: number; readonly synced: boolean }[];
}

export interface StoreOptions {
  /** Called for failures that have no caller. Default: process warnings. */
  readonly report?: FailureReporter;
  readonly clock?: Clock;
}

/** How long a refusal may wait for the feeds to catch up, in milliseconds. */
const CATCH_UP_MS = 1_000;

type AnyTable = LiveTable<Document>;

/**
 * All live tables and logs of this process on one engine. Definitions are registered first, then the store is started.
 */
export class Store {
  /** The installation that owns this database; known once the store is started. */
  readonly installation = new Installation();
  private readonly tables = new Map<string, AnyTable>();
  private readonly logs = new Map<string, EngineAppendLog<LogEntry>>();
  private readonly outage: OutageReporter;
  private started: Promise<void> | undefined;

  constructor(
    readonly engine: Engine,
    private readonly options: StoreOptions = {},
  ) {
    this.outage = new OutageReporter(options.report ?? ((message) => process.emitWarning(message)));
  }

  /** The live table of a definition; the same for every call. Throws for an unknown table once the store is started. */
  table<T extends Document, I extends string>(definition: TableDefinition<T, I>): Table<T, I> {
    let table = this.tables.get(definition.name);
    if (table === undefined) {
      this.refuseWhenStarted(`table "${definition.name}"`);
      table = new LiveTable(this.engine, definition, this.tableOptions()) as unknown as AnyTable;
      this.tables.set(definition.name, table);
    }
    return table as unknown as Table<T, I>;
  }

  /** The log of a definition; behaves like `table`. */
  log<E extends LogEntry>(definition: LogDefinition<E>): AppendLog<E> {
    let log = this.logs.get(definition.name);
    if (log === undefined) {
      this.refuseWhenStarted(`log "${definition.name}"`);
      log = new EngineAppendLog<LogEntry>(this.engine, definition);
      this.logs.set(definition.name, log);
    }
    return log as unknown as AppendLog<E>;
  }

  /** Names of the declared tables and logs, including the identity table, and the secret fields. */
  get names(): Required<EngineNames> {
    const tables = [...this.tables.values()];
    const secrets = tables.flatMap(({ name, secrets }) => (secrets.length === 0 ? [] : [[name, secrets] as const]));
    return {
      tables: [IDENTITY_TABLE, ...this.tables.keys()],
      logs: [...this.logs.keys()],
      secrets: Object.fromEntries(secrets),
    };
  }

  /** Opens the engine and loads all tables. Resolves when all are synced. Repeated calls wait for the same startup. */
  start(): Promise<void> {
    this.started ??= this.load();
    return this.started;
  }

  /** True while all tables follow the database. */
  get ready(): boolean {
    return this.started !== undefined && [...this.tables.values()].every((table) => table.synced);
  }

  /** Queries the version of the database. Throws if it does not respond. */
  async health(): Promise<StoreHealth> {
    const tables = this.tableStates();
    return { kind: this.engine.kind, version: await this.engine.version(), tables };
  }

  /** Size and state of each table in memory. */
  tableStates(): StoreHealth['tables'] {
    return [...this.tables.values()].map(({ name, size, synced }) => ({ name, size, synced }));
  }

  /** The table of this name, if there is one. */
  named(name: string): LiveTable<Document> | undefined {
    return this.tables.get(name);
  }

  /** Number of changes made to memory so far. */
  get changes(): number {
    let changes = 0;
    for (const table of this.tables.values()) changes += table.changes;
    return changes;
  }

  /**
   * Resolves when memory contains all writes that any process made before the call, or after a timeout. Throws
   * `unavailable` if the database does not respond.
   */
  async catchUp(): Promise<void> {
    await Promise.all([...this.tables.values()].map((table) => table.catchUp(CATCH_UP_MS)));
  }

  /** Stops following and closes the engine after finishing the writes in flight. */
  async stop(): Promise<void> {
    this.outage.end();
    await Promise.all([...this.tables.values()].map((table) => table.stop()));
    await this.engine.close();
  }

  private async load(): Promise<void> {
    await this.engine.open(this.names);
    await refuseUnfinishedRestore(this.engine);
    const identity = await loadOrCreateIdentity(this.engine, (this.options.clock ?? systemClock).now());
    this.installation.update(identity);
    await this.engine.bindToIdentity?.(identity, (accepted) => this.installation.update(accepted));
    await Promise.all([...this.tables.values()].map((table) => table.start()));
  }

  private tableOptions(): LiveTableOptions {
    return {
      ...this.options,
      lost: (error) => this.outage.lost(error),
      synced: () => this.ready && this.outage.over(),
      admitWrite: () => this.refuseWhileForeign(),
    };
  }

  /** Use cases read many tables: while one of them belongs to another history, their conclusions are invalid. */
  private refuseWhileForeign(): void {
    for (const table of this.tables.values()) {
      if (table.isHistoryForeign)
        throw new DomainError('unavailable', 'tables are being reloaded from the database, please retry');
    }
  }

  private refuseWhenStarted(what: string): void {
    if (this.started !== undefined) throw new Error(`${what} was declared after the store was started`);
  }
}
