import type { Engine } from './engine.js';
import type { AppendLog, LogEntry, LogRange } from './append-log.js';

/** An append-only log on top of an engine. */
export class EngineAppendLog<E extends LogEntry> implements AppendLog<E> {
  constructor(
    private readonly engine: Engine,
    readonly name: string,
  ) {}

  async append(entries: readonly E[]): Promise<void> {
    if (entries.length > 0) await this.engine.append(this.name, entries);
  }

  claim(entry: E, { durable }: { readonly durable: boolean }): Promise<boolean> {
    return this.engine.claim(this.name, entry, durable);
  }

  scan(range: LogRange, options: { readonly descending?: boolean } = {}): AsyncIterable<E> {
    return this.engine.scan(this.name, range, options.descending ?? false) as AsyncIterable<E>;
  }

  async trim(keep: number): Promise<number> {
    if (keep <= 0) return this.engine.prune(this.name, {});
    const oldestKept = await this.engine.nthNewest(this.name, keep - 1);
    return oldestKept === undefined ? 0 : this.engine.prune(this.name, { to: oldestKept });
  }

  async prune(range: LogRange): Promise<number> {
    return this.engine.prune(this.name, range);
  }
}
