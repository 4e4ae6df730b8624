import { systemClock, type Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import type { Engine, EngineNames } from './engine.js';
import { IDENTITY_TABLE, identify } from './installation/identity.js';
import { Installation } from './installation/installation.js';
import { LiveLog } from './live-log.js';
import { LiveTable, type LiveTableOptions } from './live-table.js';
import type { Log, LogDefinition, LogEntry } from './log.js';
import { Outage } from './outage.js';
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

/** How long a refusal may wait for the feeds, in milliseconds. */
const CATCH_UP_MS = 1_000;

type AnyTable = LiveTable<Document>;

/** All live tables and logs of this process over one engine. Definitions are registered first, then it is started. */
export class Store {
  /** Whose database this is; known once the store is started. */
  readonly installation = new Installation();
  private readonly tables = new Map<string, AnyTable>();
  private readonly logs = new Map<string, LiveLog<LogEntry>>();
  private readonly outage: Outage;
  private started: Promise<void> | undefined;

  constructor(
    readonly engine: Engine,
    private readonly options: StoreOptions = {},
  ) {
    this.outage = new Outage(options.report ?? ((message) => process.emitWarning(message)));
  }

  /** The live table of a definition; the same one for every call. Throws when the store has been started without it. */
  table<T extends Document, I extends string>(definition: TableDefinition<T, I>): Table<T, I> {
    let table = this.tables.get(definition.name);
    if (table === undefined) {
      this.refuseWhenStarted(`table "${definition.name}"`);
      table = new LiveTable(this.engine, definition, this.tableOptions()) as unknown as AnyTable;
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

  /** The table of this name, if there is one. */
  named(name: string): LiveTable<Document> | undefined {
    return this.tables.get(name);
  }

  /** How often memory has changed. */
  get changes(): number {
    let changes = 0;
    for (const table of this.tables.values()) changes += table.changes;
    return changes;
  }

  /**
   * Resolves when memory has what was written before the call, by whichever process, or after a while. Throws
   * `unavailable` when the database does not answer.
   */
  async catchUp(): Promise<void> {
    await Promise.all([...this.tables.values()].map((table) => table.catchUp(CATCH_UP_MS)));
  }

  /** Stops following and closes the engine; writes under way are finished first. */
  async stop(): Promise<void> {
    this.outage.end();
    await Promise.all([...this.tables.values()].map((table) => table.stop()));
    await this.engine.close();
  }

  private async load(): Promise<void> {
    await this.engine.open(this.names);
    const identity = await identify(this.engine, (this.options.clock ?? systemClock).now());
    this.installation.learn(identity);
    await this.engine.hold?.(identity, (accepted) => this.installation.learn(accepted));
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

  /** A use case reads many tables: as long as one of them is of another history, none of its conclusions counts. */
  private refuseWhileForeign(): void {
    for (const table of this.tables.values()) {
      if (table.foreign) throw new DomainError('unavailable', 'the database is loaded anew, please retry');
    }
  }

  private refuseWhenStarted(what: string): void {
    if (this.started !== undefined) throw new Error(`${what} was declared after the store was started`);
  }
}
