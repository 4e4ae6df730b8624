import { systemClock, type Clock } from '../../shared/clock.js';
import { UnreadableData, type FeedSink, type Removal, type Stored } from './engine.js';
import { deepFreeze } from './freeze.js';
import { Indexes } from './indexes.js';
import { Tombstones } from './tombstones.js';
import type { Change, Document, TableDefinition, Unsubscribe } from './table.js';
import { Watchers } from './watchers.js';

/** Hears of failures that have no caller: watchers and index functions that throw, broken feeds. */
export type Report = (message: string, error: unknown) => void;

/**
 * This process's copy of one table: documents, indexes, watchers. It is fed from two sides, the engine's feed and the
 * answers to this process's own reads and writes, which arrive in any order. The rule that makes them agree: states of
 * one id are ordered by revision (a removal consumes one too), and an older one never replaces a newer one.
 */
export class Replica<T extends Document, I extends string> implements FeedSink {
  private readonly documents = new Map<string, T>();
  private readonly indexes: Indexes<T, I>;
  private readonly tombstones: Tombstones;
  private readonly watchers: Watchers<T>;
  /** Ids learned from answers while the feed was down: a snapshot may have been taken before them. */
  private readonly learned = new Set<string>();
  private readonly waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private current = false;

  /** `verify` is called with ids that a snapshot misses although an answer was learned: to be read again. */
  constructor(
    private readonly definition: TableDefinition<T, I>,
    private readonly report: Report,
    private readonly verify: (id: string) => void,
    clock: Clock = systemClock,
  ) {
    this.indexes = new Indexes(definition.indexes, report);
    this.tombstones = new Tombstones(clock);
    this.watchers = new Watchers(report);
  }

  get size(): number {
    return this.documents.size;
  }

  /** True between a snapshot and the next gap. */
  get synced(): boolean {
    return this.current;
  }

  /** Resolves with the next snapshot; at once when synced. Throws UnreadableData when what is stored cannot be read. */
  whenSynced(): Promise<void> {
    return this.current ? Promise.resolve() : new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  get(id: string): T | undefined {
    return this.documents.get(id);
  }

  list(): Iterable<T> {
    return { [Symbol.iterator]: () => this.documents.values() };
  }

  by(index: I, key: string): readonly T[] {
    return this.indexes.by(index, key);
  }

  watch(listener: (change: Change<T>) => void): Unsubscribe {
    return this.watchers.add(listener);
  }

  /** Takes over the answer to a read, or to a write that was refused. */
  learn(id: string, stored: Stored): void {
    if (stored.current !== undefined) this.learnDocument(stored.current);
    else this.learnRemoval(id, stored.revision);
  }

  /** Takes over the answer to a write. Returns it frozen, whether or not memory is newer already. */
  learnDocument(document: Document): T {
    if (!this.current) this.learned.add(document.id);
    const frozen = deepFreeze(document) as T;
    this.put(frozen);
    return frozen;
  }

  /** Takes over that `id` was removed with `revision`; 0 means absent without a remembered removal. */
  learnRemoval(id: string, revision: number): void {
    if (!this.current) this.learned.add(id);
    this.removed(id, revision);
  }

  put(document: Document): void {
    if (document.revision <= this.revisionOf(document.id)) return;
    const now = deepFreeze(document) as T;
    this.watchers.tell({ type: 'put', id: now.id, now, before: this.store(now) });
  }

  removed(id: string, revision: number): void {
    if (revision <= this.revisionOf(id)) return;
    const before = this.drop(id, revision);
    if (before !== undefined) this.watchers.tell({ type: 'removed', id, before });
  }

  lost(error: Error): void {
    if (this.current) this.report(`table "${this.definition.name}" lost its feed`, error);
    this.current = false;
    if (error instanceof UnreadableData) for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  /**
   * Brings everything to the snapshot, then tells the differences and `reset`. The snapshot decides, except for ids
   * learned since the gap: their answers may be newer than it, so revisions decide, and what it misses is read again.
   */
  snapshot(documents: readonly Document[], removals: readonly Removal[]): void {
    const changes: Change<T>[] = [];
    const missing = new Set(this.documents.keys());
    for (const document of documents) {
      missing.delete(document.id);
      this.adopt(document, changes);
    }
    for (const { id, revision } of removals) {
      if (this.isNewer(id, revision)) {
        missing.delete(id);
        this.discard(id, revision, changes);
      }
    }
    const doubtful = [...missing].filter((id) => this.learned.has(id));
    for (const id of missing) if (!this.learned.has(id)) this.discard(id, this.revisionOf(id) + 1, changes);
    this.learned.clear();
    this.becomeCurrent(changes);
    doubtful.forEach(this.verify);
  }

  private becomeCurrent(changes: readonly Change<T>[]): void {
    this.current = true;
    for (const change of changes) this.watchers.tell(change);
    this.watchers.tell({ type: 'reset' });
    for (const { resolve } of this.waiting.splice(0)) resolve();
  }

  private adopt(document: Document, changes: Change<T>[]): void {
    if (!this.isNewer(document.id, document.revision)) return;
    const now = deepFreeze(document) as T;
    changes.push({ type: 'put', id: now.id, now, before: this.store(now) });
  }

  private discard(id: string, revision: number, changes: Change<T>[]): void {
    const before = this.drop(id, revision);
    if (before !== undefined) changes.push({ type: 'removed', id, before });
  }

  /** Whether a snapshot's state of `id` replaces memory's. */
  private isNewer(id: string, revision: number): boolean {
    const known = this.revisionOf(id);
    return this.learned.has(id) ? revision > known : revision !== known;
  }

  private revisionOf(id: string): number {
    return this.documents.get(id)?.revision ?? this.tombstones.revision(id);
  }

  private store(now: T): T | undefined {
    const before = this.documents.get(now.id);
    if (before !== undefined) this.indexes.remove(before);
    this.documents.set(now.id, now);
    this.tombstones.delete(now.id);
    this.indexes.add(now);
    return before;
  }

  private drop(id: string, revision: number): T | undefined {
    const before = this.documents.get(id);
    if (before !== undefined) this.indexes.remove(before);
    this.documents.delete(id);
    this.tombstones.set(id, revision);
    return before;
  }
}
