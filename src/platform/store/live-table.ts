import { backoff, KeyedQueue, sleep } from '../../shared/async.js';
import { DomainError, malformed, notFound } from '../../shared/errors/domain-error.js';
import type { Clock } from '../../shared/clock.js';
import { believed } from './believed.js';
import { BARRIER_ID, type Engine, type WriteOutcome } from './engine.js';
import { Replica, reportLine, type Doubt, type Report } from './replica.js';
import type { Change, Content, Document, Table, TableDefinition, Unsubscribe } from './table.js';

/** Attempts of one read-modify-write before it gives up with `conflict`; with full jitter about 7 s of contention. */
const ATTEMPTS = 64;

export interface LiveTableOptions {
  readonly report?: Report;
  readonly clock?: Clock;
  /** Hears that the feed is broken, or still is. Default: a report. */
  readonly lost?: (error: Error) => void;
  /** Hears that the table was loaded, for the first time or anew. */
  readonly synced?: () => void;
  /** Asked before each write: throws when what memory knows must not be the reason for one. */
  readonly admitWrite?: () => void;
}

const toWarning: Report = (message, error) => process.emitWarning(reportLine(message, error));

/** A table whose reads come from this process's replica and whose writes go through an engine (design §6). */
export class LiveTable<T extends Document, I extends string = string> implements Table<T, I> {
  readonly name: string;
  /** Paths of the fields that hold secrets. */
  readonly secrets: readonly string[];
  private readonly replica: Replica<T, I>;
  /** Writers of one document in this process go one by one instead of losing against each other. */
  private readonly writers = new KeyedQueue();
  private feed: { stop(): Promise<void> } | undefined;

  constructor(
    private readonly engine: Engine,
    definition: TableDefinition<T, I>,
    private readonly options: LiveTableOptions = {},
  ) {
    const { report = toWarning, clock, synced = () => undefined } = options;
    const { name, secrets = [] } = definition;
    const { lost = (error: Error) => report(`table "${name}" lost its feed`, error) } = options;
    const verify = (doubt: Doubt): void => void this.verify(doubt);
    this.name = name;
    this.secrets = secrets;
    this.replica = new Replica(definition, { report, verify, lost, synced }, clock);
  }

  /** Follows the engine; resolves when the table is loaded. Call once. */
  async start(): Promise<void> {
    this.feed = this.engine.follow(this.name, this.replica);
    await this.replica.whenSynced();
  }

  async stop(): Promise<void> {
    await this.feed?.stop();
  }

  /** True when memory follows the database; false before the first load and in a gap of the feed. */
  get synced(): boolean {
    return this.replica.synced;
  }

  /** How often memory has changed. */
  get changes(): number {
    return this.replica.changes;
  }

  /**
   * Resolves when memory has what was written before the call, by whichever process, or after `milliseconds`. The feed is
   * in order but for writes of the same moment.
   */
  async catchUp(milliseconds: number): Promise<void> {
    const revision = await this.engine.barrier?.(this.name);
    if (revision === undefined) return;
    const end = performance.now() + milliseconds;
    while (this.synced && !this.replica.hasHeardOf(BARRIER_ID, revision) && performance.now() < end) await sleep(5);
  }

  /** True while memory is of another history than the database: between its discovery and the next snapshot. */
  get foreign(): boolean {
    return this.replica.foreign;
  }

  get size(): number {
    return this.replica.size;
  }

  get(id: string): T | undefined {
    return this.replica.get(id);
  }

  list(): Iterable<T> {
    return this.replica.list();
  }

  by(index: I, key: string): readonly T[] {
    return this.replica.by(index, key);
  }

  watch(listener: (change: Change<T>) => void): Unsubscribe {
    return this.replica.watch(listener);
  }

  async insert(content: Content<T>): Promise<T> {
    const { id } = content as unknown as Document;
    const written = await this.tryInsert(content as unknown as Document);
    if (written === undefined) throw new DomainError('already-exists', `${this.name} with id "${id}" already exists`);
    return written;
  }

  async replace(content: Content<T>, expectedRevision: number): Promise<T> {
    const document = content as unknown as Document;
    this.options.admitWrite?.();
    const written = this.settle(document.id, await this.engine.replace(this.name, document, expectedRevision));
    if (written === undefined) throw this.changedMeanwhile(document.id);
    return written;
  }

  async update(id: string, change: (current: T) => Content<T>): Promise<T> {
    return this.writers.run(id, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        // Another process may have just inserted it: "absent" is only believed when the database says so.
        const current = this.get(id) ?? (await this.fresh(id));
        if (current === undefined) throw believed(notFound(this.name, id));
        const written = await this.tryChange(id, current, change);
        if (written !== undefined) return written;
        await sleep(backoff(attempt));
      }
      throw this.changedMeanwhile(id);
    });
  }

  async upsert(id: string, change: (current: T | undefined) => Content<T>): Promise<T> {
    return this.writers.run(id, async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const current = this.get(id);
        const written = await this.tryChange(id, current, change);
        if (written !== undefined) return written;
        await sleep(backoff(attempt));
      }
      throw this.changedMeanwhile(id);
    });
  }

  async remove(id: string, expectedRevision?: number): Promise<T | undefined> {
    this.options.admitWrite?.();
    const outcome = await this.engine.remove(this.name, id, expectedRevision);
    if (outcome.ok) {
      this.replica.learnRemoval(id, outcome.document.revision + 1);
      return outcome.document as T;
    }
    this.replica.learn(id, outcome);
    if (outcome.current !== undefined) throw this.changedMeanwhile(id);
    return undefined;
  }

  async fresh(id: string): Promise<T | undefined> {
    this.replica.learn(id, await this.engine.read(this.name, id));
    return this.get(id);
  }

  async touch(patches: readonly ({ readonly id: string } & Partial<Content<T>>)[]): Promise<void> {
    if (patches.length === 0) return;
    this.options.admitWrite?.();
    for (const document of await this.engine.touch(this.name, patches)) this.replica.learnDocument(document);
  }

  /**
   * One attempt; `undefined` when it is to be repeated. A refusal of `change` is only believed when the database has the
   * same state: else a caller whose last request another process answered is told of what was before.
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
      const stored = await this.fresh(id);
      if (stored?.revision === current?.revision) throw believed(error);
      return undefined;
    }
    return this.tryWrite(id, current, next);
  }

  /** One attempt; `undefined` when somebody else was faster, with memory refreshed. */
  private async tryWrite(id: string, current: T | undefined, next: Content<T>): Promise<T | undefined> {
    if ((next as object) === current) return current;
    const document = next as unknown as Document;
    if (document.id !== id) throw new Error(`a change of ${this.name} "${id}" returned a document "${document.id}"`);
    if (current === undefined) return this.tryInsert(document);
    this.options.admitWrite?.();
    return this.settle(id, await this.engine.replace(this.name, document, current.revision));
  }

  /** `undefined` when the id is taken. Half a surrogate pair has no UTF-8 form: databases would mix up such ids. */
  private async tryInsert(document: Document): Promise<T | undefined> {
    const { id } = document;
    if (id === '' || /\p{Surrogate}/u.test(id)) {
      throw malformed(`${this.name} id ${JSON.stringify(id)} is not valid: expected a text that is not empty`);
    }
    this.options.admitWrite?.();
    return this.settle(id, await this.engine.insert(this.name, document));
  }

  /** Takes the outcome into memory; the stored document, or `undefined` when the condition did not hold. */
  private settle(id: string, outcome: WriteOutcome): T | undefined {
    if (outcome.ok) return this.replica.learnDocument(outcome.document);
    this.replica.learn(id, outcome);
    return undefined;
  }

  private changedMeanwhile(id: string): DomainError {
    return new DomainError('conflict', `${this.name} "${id}": the entity was changed from another, please retry`);
  }

  /** Goes on until the database answers, or something else has decided. */
  private async verify(doubt: Doubt): Promise<void> {
    for (let attempt = 0; doubt.open; attempt++) {
      const stored = await this.engine.read(this.name, doubt.id).catch(() => undefined);
      if (stored !== undefined) return doubt.settle(stored);
      await sleep(backoff(attempt, 20, 2000));
    }
  }
}
