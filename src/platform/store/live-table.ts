import { Backoff } from '../../shared/concurrency/backoff.js';
import { KeyedQueue } from '../../shared/concurrency/keyed-queue.js';
import { sleep } from '../../shared/concurrency/timers.js';
import { DomainError, malformed, notFound } from '../../shared/errors/domain-error.js';
import type { Clock } from '../../shared/clock.js';
import { markConfirmed } from './confirmed.js';
import { BARRIER_ID, type Engine, type WriteOutcome } from './engine.js';
import { StoredTable } from './stored-table.js';
import { TableMirror, reportLine, type Discrepancy, type FailureReporter } from './table-mirror.js';
import type { Change, Content, Document, Table, TableDefinition, Unsubscribe } from './table.js';

/** Attempts of one read-modify-write before it fails with `conflict`; with full jitter about 7 s of contention. */
const ATTEMPTS = 64;

export interface LiveTableOptions {
  readonly report?: FailureReporter;
  readonly clock?: Clock;
  /** Called when the feed breaks, and on each failed attempt to re-establish it. Default: `report`. */
  readonly lost?: (error: Error) => void;
  /** Called when the table was loaded, initially or after a gap. */
  readonly synced?: () => void;
  /** Called before each write; throws if the contents of memory are not a valid basis for writes. */
  readonly admitWrite?: () => void;
}

const toWarning: FailureReporter = (message, error) => process.emitWarning(reportLine(message, error));

/** A table that reads from this process's mirror and writes through an engine (docs/concepts/design.md#store). */
export class LiveTable<T extends Document, I extends string = string> implements Table<T, I> {
  readonly name: string;
  /** Paths of the fields that contain secrets. */
  readonly secrets: readonly string[];
  private readonly stored: StoredTable;
  private readonly mirror: TableMirror<T, I>;
  /** Serializes the writers of a document in this process, so that they do not conflict with each other. */
  private readonly writers = new KeyedQueue();
  private feed: { stop(): Promise<void> } | undefined;

  constructor(
    engine: Engine,
    definition: TableDefinition<T, I>,
    private readonly options: LiveTableOptions = {},
  ) {
    const { report = toWarning, clock, synced = () => undefined } = options;
    const { name, secrets = [], absentTexts = [] } = definition;
    const { lost = (error: Error) => report(`table "${name}" lost its feed`, error) } = options;
    const verify = (discrepancy: Discrepancy): void => void this.verify(discrepancy);
    this.name = name;
    this.secrets = secrets;
    this.stored = new StoredTable(engine, name, absentTexts);
    this.mirror = new TableMirror(definition, { report, verify, lost, synced }, clock);
  }

  /** Starts following the engine. Resolves when the table is loaded. Call once. */
  async start(): Promise<void> {
    this.feed = this.stored.follow(this.mirror);
    await this.mirror.whenSynced();
  }

  async stop(): Promise<void> {
    await this.feed?.stop();
  }

  /** True while memory follows the database; false before the first load and during a gap of the feed. */
  get synced(): boolean {
    return this.mirror.synced;
  }

  /** Number of changes made to memory so far. */
  get changes(): number {
    return this.mirror.changes;
  }

  /**
   * Resolves when memory contains all writes that any process made before the call, or after `milliseconds`. The feed
   * is in order, except for concurrent writes.
   */
  async catchUp(milliseconds: number): Promise<void> {
    const revision = await this.stored.barrier();
    if (revision === undefined) return;
    const end = performance.now() + milliseconds;
    while (this.synced && !this.mirror.hasHeardOf(BARRIER_ID, revision) && performance.now() < end) await sleep(5);
  }

  /** True while memory belongs to another history than the database: from its detection until the next snapshot. */
  get isHistoryForeign(): boolean {
    return this.mirror.isHistoryForeign;
  }

  get size(): number {
    return this.mirror.size;
  }

  get(id: string): T | undefined {
    return this.mirror.get(id);
  }

  list(): Iterable<T> {
    return this.mirror.list();
  }

  by(index: I, key: string): readonly T[] {
    return this.mirror.by(index, key);
  }

  watch(listener: (change: Change<T>) => void): Unsubscribe {
    return this.mirror.watch(listener);
  }

  async insert(content: Content<T>): Promise<T> {
    const { id } = content as unknown as Document;
    const written = await this.tryInsert(content as unknown as Document);
    if (written === undefined) throw new DomainError('already-exists', `${this.name} with id "${id}" already exists`);
    return written;
  }

  /** Stores new documents at once, if the engine can; memory learns of them from the feed, a moment later. */
  insertMany(contents: readonly Content<T>[]): Promise<void> {
    return this.stored.insertMany(contents);
  }

  async replace(content: Content<T>, expectedRevision: number): Promise<T> {
    const document = content as unknown as Document;
    this.options.admitWrite?.();
    const known = this.get(document.id);
    const before = known?.revision === expectedRevision ? known : undefined;
    const written = this.settle(document.id, await this.stored.replace(document, expectedRevision, before));
    if (written === undefined) throw this.changedMeanwhile(document.id);
    return written;
  }

  async update(id: string, change: (current: T) => Content<T>): Promise<T> {
    return this.untilWritten(id, async () => {
      // Another process may have just inserted it: "absent" is only trusted after the database confirms it.
      const current = this.get(id) ?? (await this.readFresh(id));
      if (current === undefined) throw markConfirmed(notFound(this.name, id));
      return this.tryChange(id, current, change);
    });
  }

  async upsert(id: string, change: (current: T | undefined) => Content<T>): Promise<T> {
    return this.untilWritten(id, () => this.tryChange(id, this.get(id), change));
  }

  async remove(id: string, expectedRevision?: number): Promise<T | undefined> {
    this.options.admitWrite?.();
    const outcome = await this.stored.remove(id, expectedRevision, this.get(id));
    if (outcome.ok) {
      this.mirror.applyRemoval(id, outcome.document.revision + 1);
      return outcome.document as T;
    }
    this.mirror.applyStored(id, outcome);
    if (outcome.current !== undefined) throw this.changedMeanwhile(id);
    return undefined;
  }

  async readFresh(id: string): Promise<T | undefined> {
    this.mirror.applyStored(id, await this.stored.read(id));
    return this.get(id);
  }

  async patchUnchecked(patches: readonly ({ readonly id: string } & Partial<Content<T>>)[]): Promise<void> {
    if (patches.length === 0) return;
    this.options.admitWrite?.();
    for (const document of await this.stored.patchUnchecked(patches)) this.mirror.applyDocument(document);
  }

  /** Attempts a write in the turn of the document until it succeeds; throws `conflict` when it has not for too long. */
  private untilWritten(id: string, attempt: () => Promise<T | undefined>): Promise<T> {
    return this.writers.run(id, async () => {
      const backoff = new Backoff();
      while (backoff.attempts < ATTEMPTS) {
        const written = await attempt();
        if (written !== undefined) return written;
        await backoff.wait();
      }
      throw this.changedMeanwhile(id);
    });
  }

  /**
   * A single attempt; `undefined` if it should be retried. A refusal by `change` is only accepted if the database has
   * the same state. Otherwise, a caller whose previous request went to another process would be refused because of an
   * outdated state.
   */
  private async tryChange<C extends T | undefined>(
    id: string,
    current: C,
    change: (current: C) => Content<T>,
  ): Promise<T | undefined> {
    let next: Content<T>;
    try {
      next = change(current);
    } catch (error) {
      const stored = await this.readFresh(id);
      if (stored?.revision === current?.revision) throw markConfirmed(error);
      return undefined;
    }
    return this.tryWrite(id, current, next);
  }

  /** A single attempt; `undefined` on a concurrent modification, after memory was refreshed. */
  private async tryWrite(id: string, current: T | undefined, next: Content<T>): Promise<T | undefined> {
    if ((next as object) === current) return current;
    const document = next as unknown as Document;
    if (document.id !== id) throw new Error(`a change of ${this.name} "${id}" returned a document "${document.id}"`);
    if (current === undefined) return this.tryInsert(document);
    this.options.admitWrite?.();
    return this.settle(id, await this.stored.replace(document, current.revision, current));
  }

  /** `undefined` if the ID is taken. Lone surrogates have no UTF-8 form: databases would mix up such IDs. */
  private async tryInsert(document: Document): Promise<T | undefined> {
    const { id } = document;
    if (id === '' || /\p{Surrogate}/u.test(id)) {
      throw malformed(
        `${this.name} id ${JSON.stringify(id)} is not valid, expected non-empty well-formed Unicode text`,
      );
    }
    this.options.admitWrite?.();
    return this.settle(id, await this.stored.insert(document));
  }

  /** Applies the outcome to memory. Returns the stored document, or `undefined` if the condition was not met. */
  private settle(id: string, outcome: WriteOutcome): T | undefined {
    if (outcome.ok) return this.mirror.applyDocument(outcome.document);
    this.mirror.applyStored(id, outcome);
    return undefined;
  }

  private changedMeanwhile(id: string): DomainError {
    return new DomainError('conflict', `${this.name} "${id}" was modified concurrently, please retry`);
  }

  /** Retries until the database responds or the discrepancy is resolved otherwise. */
  private async verify(discrepancy: Discrepancy): Promise<void> {
    const backoff = new Backoff({ base: 20, cap: 2000 });
    while (discrepancy.open) {
      const stored = await this.stored.read(discrepancy.id).catch(() => undefined);
      if (stored !== undefined) return discrepancy.settle(stored);
      await backoff.wait();
    }
  }
}
