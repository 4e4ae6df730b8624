import { BARRIER_ID, type Engine, type EngineNames, type FeedSink, type Stored, type WriteOutcome } from '../engine.js';
import type { LogEntry, LogRange } from '../append-log.js';
import { inPages, type SavedKind, type SavedState } from '../saved-state.js';
import { TableContent } from '../table-content.js';
import type { Document } from '../table.js';

/** A volatile engine for tests. Several stores may share one instance and see each other's writes. */
export class MemoryEngine implements Engine {
  readonly kind = 'memory';
  private readonly tables = new Map<string, { readonly tableContent: TableContent; readonly sinks: Set<FeedSink> }>();
  private readonly logs = new Map<string, Map<string, LogEntry>>();

  async open(): Promise<void> {}

  follow(table: string, sink: FeedSink): { stop(): Promise<void> } {
    const { tableContent, sinks } = this.table(table);
    sinks.add(sink);
    sink.snapshot([...tableContent.documents.values()], [...tableContent.removals.values()]);
    return { stop: async () => void sinks.delete(sink) };
  }

  async barrier(table: string): Promise<number> {
    const { tableContent, sinks } = this.table(table);
    const revision = tableContent.read(BARRIER_ID).revision + 1;
    tableContent.removals.set(BARRIER_ID, { id: BARRIER_ID, revision });
    for (const sink of sinks) sink.removed(BARRIER_ID, revision);
    return revision;
  }

  async read(table: string, id: string): Promise<Stored> {
    return this.table(table).tableContent.read(id);
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    return this.tell(table, this.table(table).tableContent.insert(content));
  }

  async replace(table: string, content: { readonly id: string }, expectedRevision: number): Promise<WriteOutcome> {
    return this.tell(table, this.table(table).tableContent.replace(content, expectedRevision));
  }

  async remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome> {
    const { tableContent, sinks } = this.table(table);
    const outcome = tableContent.remove(id, expectedRevision);
    if (outcome.ok) for (const sink of sinks) sink.removed(id, outcome.document.revision + 1);
    return outcome;
  }

  async patchUnchecked(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const documents = this.table(table).tableContent.patchUnchecked(patches);
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

  /** Memory is copied at once, so that no write comes in between. */
  capture(names: EngineNames): AsyncIterable<readonly SavedState[]> {
    return inPages(this.saved(names));
  }

  async estimate(names: EngineNames): Promise<number> {
    return this.saved(names).length;
  }

  async store(states: readonly SavedState[]): Promise<void> {
    for (const state of states) {
      if (state.kind === 'entry') await this.append(state.name, [JSON.parse(state.json) as LogEntry]);
      else this.table(state.name).tableContent.restore(state);
    }
  }

  async clear({ tables, logs }: EngineNames): Promise<void> {
    for (const name of tables) this.table(name).tableContent.clear();
    for (const name of logs) this.log(name).clear();
  }

  async version(): Promise<string> {
    return 'memory';
  }

  /** Does nothing: other stores may still use the engine. */
  async close(): Promise<void> {}

  private saved({ tables, logs }: EngineNames): SavedState[] {
    const state = (kind: SavedKind, name: string) => (value: object) => ({ kind, name, json: JSON.stringify(value) });
    return [
      ...tables.flatMap((name) => {
        const { documents, removals } = this.table(name).tableContent;
        const real = [...removals.values()].filter(({ id }) => id !== BARRIER_ID);
        return [...[...documents.values()].map(state('document', name)), ...real.map(state('removal', name))];
      }),
      ...logs.flatMap((name) => [...this.log(name).values()].map(state('entry', name))),
    ];
  }

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
    if (table === undefined) this.tables.set(name, (table = { tableContent: new TableContent(), sinks: new Set() }));
    return table;
  }

  private log(name: string): Map<string, LogEntry> {
    let log = this.logs.get(name);
    if (log === undefined) this.logs.set(name, (log = new Map<string, LogEntry>()));
    return log;
  }
}
