import { isDeepStrictEqual } from 'node:util';
import { systemClock, type Clock } from '../../shared/clock.js';
import { UnreadableData, type FeedSink, type Removal, type Stored } from './engine.js';
import { deepFreeze } from '../../shared/deep-freeze.js';
import { Indexes } from './indexes.js';
import { Tombstones } from './tombstones.js';
import type { Change, Document, TableDefinition, Unsubscribe } from './table.js';
import { Watchers } from './watchers.js';

/** Reports failures that have no caller: watchers and index functions that throw, broken feeds. */
export type FailureReporter = (message: string, error?: unknown) => void;

/** Formats a report as one line. */
export const reportLine = (message: string, error?: unknown): string =>
  error instanceof Error ? `${message}: ${error.message}` : message;

/** Callbacks of a mirror. */
export interface TableMirrorHooks {
  readonly report: FailureReporter;
  /** A snapshot and a response disagree: the document must be re-read. */
  readonly verify: (discrepancy: Discrepancy) => void;
  /** The feed broke, or could not be re-established. */
  readonly lost: (error: Error) => void;
  /** A snapshot was adopted. */
  readonly synced: () => void;
}

/** A disagreement of memory and a snapshot about one ID; only a read from the database can resolve it. */
export interface Discrepancy {
  readonly id: string;
  /** False once the discrepancy was resolved otherwise. */
  readonly open: boolean;
  /** Adopts the state of the database, which must be read after the discrepancy was found. */
  settle(stored: Stored): void;
}

/**
 * This process's copy of one table: documents, indexes, watchers. It has two sources that arrive in any order: the
 * change feed of the engine and the responses to this process's own reads and writes. One rule reconciles them: states
 * of one ID are ordered by revision (a removal consumes one, too), and an older state never replaces a newer one.
 *
 * A snapshot overrides that rule, because revisions are only comparable within one history: the database may have lost
 * its last writes in a crash, or may be another copy of itself. A snapshot is authoritative, including for what it does
 * not contain.
 */
export class TableMirror<T extends Document, I extends string> implements FeedSink {
  private readonly documents = new Map<string, T>();
  private readonly indexes: Indexes<T, I>;
  private readonly tombstones: Tombstones;
  private readonly watchers: Watchers<T>;
  /**
   * Revisions learned from responses while the feed was down, by ID. Only these may be newer than the next snapshot; in
   * that case the snapshot does not decide, and the database is read.
   */
  private readonly learned = new Map<string, number>();
  /** IDs under verification, with the newest revision that the feed delivered and memory ignored since then. */
  private readonly doubts = new Map<string, { ignored: number }>();
  private readonly waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private current = false;
  private outdated = false;
  private changed = 0;

  constructor(
    definition: TableDefinition<T, I>,
    private readonly hooks: TableMirrorHooks,
    clock: Clock = systemClock,
  ) {
    this.indexes = new Indexes(definition.indexes, hooks.report);
    this.tombstones = new Tombstones(clock);
    this.watchers = new Watchers(hooks.report);
  }

  get size(): number {
    return this.documents.size;
  }

  /** True between a snapshot and the next gap. */
  get synced(): boolean {
    return this.current;
  }

  /**
   * True from `invalidate` to the next snapshot: the contents of memory belong to another history than the database.
   */
  get isHistoryForeign(): boolean {
    return this.outdated;
  }

  /** Number of changes made to memory so far. */
  get changes(): number {
    return this.changed;
  }

  /** Whether the removal of `id` that consumed `revision`, or a later one, was received. */
  hasHeardOf(id: string, revision: number): boolean {
    return this.tombstones.revision(id) >= revision;
  }

  /** Resolves with the next snapshot; immediately if synced. Throws UnreadableData if stored data cannot be read. */
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

  /** Applies the response to a read, or to a write whose condition was not met. */
  applyStored(id: string, stored: Stored): void {
    if (stored.current !== undefined) this.applyDocument(stored.current);
    else this.applyRemoval(id, stored.revision);
  }

  /** Applies the response to a write. Returns the document frozen, even if memory already has a newer one. */
  applyDocument(document: Document): T {
    const frozen = deepFreeze(document) as T;
    this.put(frozen);
    this.note(document.id, document.revision);
    return frozen;
  }

  /** Applies the removal of `id` with `revision`; 0 means absent without a tombstone. */
  applyRemoval(id: string, revision: number): void {
    this.removed(id, revision);
    this.note(id, revision);
  }

  put(document: Document): void {
    if (!this.accepts(document.id, document.revision)) return;
    const now = deepFreeze(document) as T;
    this.watchers.tell({ type: 'put', id: now.id, now, before: this.store(now) });
  }

  removed(id: string, revision: number): void {
    if (!this.accepts(id, revision)) return;
    const before = this.drop(id, revision);
    if (before !== undefined) this.watchers.tell({ type: 'removed', id, before });
  }

  lost(error: Error): void {
    this.current = false;
    this.doubts.clear();
    this.hooks.lost(error);
    if (error instanceof UnreadableData) for (const { reject } of this.waiting.splice(0)) reject(error);
  }

  /**
   * The database has gone back in time or was replaced by another one: revisions in memory are no longer valid.
   * Documents stay readable until the next snapshot, because an empty table would be wrong, too.
   */
  invalidate(): void {
    this.current = false;
    this.outdated = true;
    this.learned.clear();
    this.doubts.clear();
    this.tombstones.clear();
  }

  /**
   * Adopts the snapshot, then notifies watchers of the differences and of a `reset`. A response that arrived during the
   * gap and is newer than the snapshot stays in memory, but is re-read: either may belong to a history that has ended.
   */
  snapshot(documents: readonly Document[], removals: readonly Removal[]): void {
    const changes: Change<T>[] = [];
    const doubtful: string[] = [];
    const missing = new Set([...this.documents.keys(), ...this.learned.keys()]);
    const newer = (id: string, revision: number): boolean => {
      missing.delete(id);
      const learned = this.learned.get(id) ?? -1;
      if (learned > revision) doubtful.push(id);
      return learned > revision && learned === this.revisionOf(id);
    };
    this.tombstones.retain((id, revision) => this.learned.get(id) === revision);
    for (const document of documents) if (!newer(document.id, document.revision)) this.adopt(document, changes);
    for (const { id, revision } of removals) if (!newer(id, revision)) this.discard(id, revision, changes);
    for (const id of missing) if (!newer(id, 0)) this.discard(id, 0, changes);
    this.becomeCurrent(changes);
    for (const id of doubtful) this.doubt(id);
  }

  private doubt(id: string): void {
    const doubt = { ignored: 0 };
    this.doubts.set(id, doubt);
    const isOpen = (): boolean => this.doubts.get(id) === doubt;
    this.hooks.verify({
      id,
      get open() {
        return isOpen();
      },
      settle: (stored) => (isOpen() ? this.correct(id, stored, doubt.ignored) : this.applyStored(id, stored)),
    });
  }

  /** `stored` decides, even if older than memory, unless the feed has delivered something newer since. */
  private correct(id: string, stored: Stored, ignored: number): void {
    if (ignored > stored.revision) return this.doubt(id);
    this.doubts.delete(id);
    const changes: Change<T>[] = [];
    if (stored.current !== undefined) this.adopt(stored.current, changes);
    else this.discard(id, stored.revision, changes);
    for (const change of changes) this.watchers.tell(change);
  }

  /**
   * Whether a response or change is newer than memory. If so, it resolves a discrepancy; if not, verification must see
   * it.
   */
  private accepts(id: string, revision: number): boolean {
    if (revision > this.revisionOf(id)) {
      this.doubts.delete(id);
      return true;
    }
    const doubt = this.doubts.get(id);
    if (doubt !== undefined) doubt.ignored = Math.max(doubt.ignored, revision);
    return false;
  }

  private becomeCurrent(changes: readonly Change<T>[]): void {
    this.learned.clear();
    this.doubts.clear();
    this.current = true;
    this.outdated = false;
    for (const change of changes) this.watchers.tell(change);
    this.watchers.tell({ type: 'reset' });
    for (const { resolve } of this.waiting.splice(0)) resolve();
    this.hooks.synced();
  }

  /** Equal revisions prove nothing across a gap: a write that followed a lost one may have the same revision. */
  private adopt(document: Document, changes: Change<T>[]): void {
    const known = this.documents.get(document.id);
    if (known?.revision === document.revision && isDeepStrictEqual(known, document)) return;
    const now = deepFreeze(document) as T;
    changes.push({ type: 'put', id: now.id, now, before: this.store(now) });
  }

  private discard(id: string, revision: number, changes: Change<T>[]): void {
    const before = this.drop(id, revision);
    if (before !== undefined) changes.push({ type: 'removed', id, before });
  }

  private note(id: string, revision: number): void {
    if (!this.current) this.learned.set(id, Math.max(revision, this.learned.get(id) ?? 0));
  }

  /** The valid revision in memory; 0 if there is none. */
  private revisionOf(id: string): number {
    if (this.outdated && !this.learned.has(id)) return 0;
    return this.documents.get(id)?.revision ?? this.tombstones.revision(id);
  }

  private store(now: T): T | undefined {
    this.changed++;
    const before = this.documents.get(now.id);
    if (before !== undefined) this.indexes.remove(before);
    this.documents.set(now.id, now);
    this.tombstones.delete(now.id);
    this.indexes.add(now);
    return before;
  }

  /** `revision` is the revision of the removal, 0 if unknown. */
  private drop(id: string, revision: number): T | undefined {
    const before = this.documents.get(id);
    if (before !== undefined) {
      this.indexes.remove(before);
      this.changed++;
    }
    this.documents.delete(id);
    if (revision > 0) this.tombstones.set(id, revision);
    else this.tombstones.delete(id);
    return before;
  }
}
