import type { Engine, FeedSink } from '../../src/platform/store/engine.js';
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

  /** Delivers all changes that were held back. */
  release(): void {
    this.held = [];
    for (const act of this.late.splice(0)) act();
  }
}
