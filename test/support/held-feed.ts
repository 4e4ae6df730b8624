import type { Engine, FeedSink } from '../../src/platform/store/engine.js';
import type { SavedState } from '../../src/platform/store/saved-state.js';
import { override, passedBy } from './engines.js';

/** A process's connection to a database whose change feeds a test can delay; results of calls are not delayed. */
export class HeldFeed {
  readonly engine: Engine;
  private held: readonly string[] = [];
  private readonly late: (() => void)[] = [];
  private readonly sinks = new Map<string, FeedSink>();

  constructor(private readonly database: Engine) {
    this.engine = override(database, {
      follow: (table, sink) => {
        const pass = (act: () => void): void => (this.held.includes(table) ? void this.late.push(act) : act());
        this.sinks.set(table, sink);
        return database.follow(table, passedBy(sink, pass));
      },
    });
  }

  /** Holds back the feeds of these tables from now on. */
  hold(...tables: readonly { readonly name: string }[]): void {
    this.held = tables.map(({ name }) => name);
  }

  /** Breaks the feed of this table; `recover` ends the gap. */
  lose({ name }: { readonly name: string }): void {
    this.sinks.get(name)?.lost(new Error('the connection is gone'));
  }

  /** Restarts the feed of this table. */
  recover({ name }: { readonly name: string }): void {
    void this.database.follow(name, this.sinks.get(name)!).stop();
  }

  /** The state of this table, for `goBack`. */
  async save({ name }: { readonly name: string }): Promise<readonly SavedState[]> {
    const states: SavedState[] = [];
    for await (const page of this.database.capture({ tables: [name], logs: [] })) states.push(...page);
    return states;
  }

  /** Takes this table back to a former state, as a database that has lost its last writes, and starts its feed again. */
  async goBack(table: { readonly name: string }, state: readonly SavedState[]): Promise<void> {
    await this.database.clear({ tables: [table.name], logs: [] });
    await this.database.store(state);
    this.sinks.get(table.name)?.invalidate();
    this.recover(table);
  }

  /** Delivers all changes that were held back. */
  release(): void {
    this.held = [];
    for (const act of this.late.splice(0)) act();
  }
}
