import { AbsentTexts } from './absent-texts.js';
import type { AppendLog, LogDefinition, LogEntry, LogRange } from './append-log.js';
import type { Engine } from './engine.js';

/** An append-only log on top of an engine. */
export class EngineAppendLog<E extends LogEntry> implements AppendLog<E> {
  readonly name: string;
  private readonly absent: AbsentTexts;

  constructor(
    private readonly engine: Engine,
    { name, absentTexts = [] }: LogDefinition<E>,
  ) {
    this.name = name;
    this.absent = new AbsentTexts(absentTexts);
  }

  async append(entries: readonly E[]): Promise<void> {
    if (entries.length > 0)
      await this.engine.append(
        this.name,
        entries.map((entry) => this.absent.encode(entry)),
      );
  }

  claim(entry: E, { durable }: { readonly durable: boolean }): Promise<boolean> {
    return this.engine.claim(this.name, this.absent.encode(entry), durable);
  }

  async *scan(range: LogRange, options: { readonly descending?: boolean } = {}): AsyncIterable<E> {
    const entries = this.engine.scan(this.name, range, options.descending ?? false) as AsyncIterable<E>;
    for await (const entry of entries) yield this.absent.decode(entry);
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
