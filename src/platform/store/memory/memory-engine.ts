import { BARRIER_ID, type Engine, type FeedSink, type Stored, type WriteOutcome } from '../engine.js';
import type { LogEntry, LogRange } from '../log.js';
import { Records } from '../records.js';
import type { Document } from '../table.js';

/** An engine for tests: everything in this process, gone with it. Several stores may share one and see each other. */
export class MemoryEngine implements Engine {
  readonly kind = 'memory';
  private readonly tables = new Map<string, { readonly records: Records; readonly sinks: Set<FeedSink> }>();
  private readonly logs = new Map<string, Map<string, LogEntry>>();

  async open(): Promise<void> {}

  follow(table: string, sink: FeedSink): { stop(): Promise<void> } {
    const { records, sinks } = this.table(table);
    sinks.add(sink);
    sink.snapshot([...records.documents.values()], [...records.removals.values()]);
    return { stop: async () => void sinks.delete(sink) };
  }

  async barrier(table: string): Promise<number> {
    const { records, sinks } = this.table(table);
    const revision = records.read(BARRIER_ID).revision + 1;
    records.removals.set(BARRIER_ID, { id: BARRIER_ID, revision });
    for (const sink of sinks) sink.removed(BARRIER_ID, revision);
    return revision;
  }

  async read(table: string, id: string): Promise<Stored> {
    return this.table(table).records.read(id);
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    return this.tell(table, this.table(table).records.insert(content));
  }

  async replace(table: string, content: { readonly id: string }, expectedRevision: number): Promise<WriteOutcome> {
    return this.tell(table, this.table(table).records.replace(content, expectedRevision));
  }

  async remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome> {
    const { records, sinks } = this.table(table);
    const outcome = records.remove(id, expectedRevision);
    if (outcome.ok) for (const sink of sinks) sink.removed(id, outcome.document.revision + 1);
    return outcome;
  }

  async touch(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const documents = this.table(table).records.touch(patches);
    for (const document of documents) this.tell(table, { ok: true, document });
    return documents;
  }

  async append(log: string, entries: readonly LogEntry[]): Promise<void> {
    for (const entry of entries) this.log(log).set(entry.id, JSON.parse(JSON.stringify(entry)) as LogEntry);
  }

  async claim(log: string, entry: LogEntry): Promise<boolean> {
    if (this.log(log).has(entry.id)) return false;
    await this.append(log, [entry]);
    return true;
  }

  async *scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry> {
    const ids = this.idsIn(log, range);
    if (descending) ids.reverse();
    for (const id of ids) {
      const entry = this.log(log).get(id);
      if (entry !== undefined) yield entry;
    }
  }

  async prune(log: string, range: LogRange): Promise<number> {
    const ids = this.idsIn(log, range);
    for (const id of ids) this.log(log).delete(id);
    return ids.length;
  }

  async nthNewest(log: string, n: number): Promise<string | undefined> {
    return this.idsIn(log, {}).at(-1 - n);
  }

  async version(): Promise<string> {
    return 'memory';
  }

  /** Nothing to do: other stores may go on using it. */
  async close(): Promise<void> {}

  private tell(table: string, outcome: WriteOutcome): WriteOutcome {
    if (outcome.ok) for (const sink of this.table(table).sinks) sink.put(outcome.document);
    return outcome;
  }

  private idsIn(log: string, { from, to }: LogRange): string[] {
    const inRange = (id: string) => (from === undefined || id >= from) && (to === undefined || id < to);
    return [...this.log(log).keys()].filter(inRange).sort();
  }

  private table(name: string) {
    let table = this.tables.get(name);
    if (table === undefined) this.tables.set(name, (table = { records: new Records(), sinks: new Set() }));
    return table;
  }

  private log(name: string): Map<string, LogEntry> {
    let log = this.logs.get(name);
    if (log === undefined) this.logs.set(name, (log = new Map<string, LogEntry>()));
    return log;
  }
}
