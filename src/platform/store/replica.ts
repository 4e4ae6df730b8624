import { isDeepStrictEqual } from 'node:util';
import { systemClock, type Clock } from '../../shared/clock.js';
import { UnreadableData, type FeedSink, type Removal, type Stored } from './engine.js';
import { deepFreeze } from './freeze.js';
import { Indexes } from './indexes.js';
import { Tombstones } from './tombstones.js';
import type { Change, Document, TableDefinition, Unsubscribe } from './table.js';
import { Watchers } from './watchers.js';

/** Hears of failures that have no caller: watchers and index functions that throw, broken feeds. */
export type Report = (message: string, error?: unknown) => void;

/** A report as one line. */
export const reportLine = (message: string, error?: unknown): string =>
  error instanceof Error ? `${message}: ${error.message}` : message;

/** Who hears of what happens to a replica. */
export interface ReplicaHooks {
  readonly report: Report;
  /** A snapshot and an answer disagree: the document is to be read again. */
  readonly verify: (doubt: Doubt) => void;
  /** The feed is broken, or still is. */
  readonly lost: (error: Error) => void;
  /** A snapshot was taken over. */
  readonly synced: () => void;
}

/** That memory and a snapshot disagree about one id, and only the database can tell. */
export interface Doubt {
  readonly id: string;
  /** False as soon as something else has decided. */
  readonly open: boolean;
  /** Takes over what the database has, read after the doubt arose. */
  settle(stored: Stored): void;
}

/**
 * This process's copy of one table: documents, indexes, watchers. It is fed from two sides, the engine's feed and the
 * answers to this process's own reads and writes, which arrive in any order. The rule that makes them agree: states of
 * one id are ordered by revision (a removal consumes one too), and an older one never replaces a newer one.
 *
 * A snapshot is above that rule, for revisions compare states of one history only: the database may have lost its last
 * writes in a crash, or be another copy of itself. What a snapshot says is the truth, and so is what it does not say.
 */
export class Replica<T extends Document, I extends string> implements FeedSink {
  private readonly documents = new Map<string, T>();
  private readonly indexes: Indexes<T, I>;
  private readonly tombstones: Tombstones;
  private readonly watchers: Watchers<T>;
  /**
   * Revisions that answers told while the feed was down, by id: only these may be newer than the snapshot that comes,
   * which then does not decide; the database is asked.
   */
  private readonly learned = new Map<string, number>();
  /** What is being verified, with the newest revision of what the feed told meanwhile and memory ignored. */
  private readonly doubts = new Map<string, { ignored: number }>();
  private readonly waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private current = false;
  private outdated = false;
  private changed = 0;

  constructor(
    definition: TableDefinition<T, I>,
    private readonly hooks: ReplicaHooks,
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

  /** True from `forget` to the next snapshot: what memory holds is of another history than the database. */
  get foreign(): boolean {
    return this.outdated;
  }

  /** How often memory has changed. */
  get changes(): number {
    return this.changed;
  }

  /** Whether the removal of an id was heard of that consumed `revision`, or a later one. */
  hasHeardOf(id: string, revision: number): boolean {
    return this.tombstones.revision(id) >= revision;
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
    const frozen = deepFreeze(document) as T;
    this.put(frozen);
    this.note(document.id, document.revision);
    return frozen;
  }

  /** Takes over that `id` was removed with `revision`; 0 means absent without a remembered removal. */
  learnRemoval(id: string, revision: number): void {
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
   * The database has gone back in time or is another one: nothing that memory knows counts any longer. Documents stay
   * readable until the next snapshot, for an empty table would be a lie, too.
   */
  forget(): void {
    this.current = false;
    this.outdated = true;
    this.learned.clear();
    this.doubts.clear();
    this.tombstones.clear();
  }

  /**
   * Brings everything to the snapshot, then tells the differences and `reset`. An answer that came in the gap and is
   * newer than the snapshot stays in memory, but is read again: both may be of a history that has ended.
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
      settle: (stored) => (isOpen() ? this.correct(id, stored, doubt.ignored) : this.learn(id, stored)),
    });
  }

  /** `stored` decides, older than memory or not, unless the feed has told something newer since. */
  private correct(id: string, stored: Stored, ignored: number): void {
    if (ignored > stored.revision) return this.doubt(id);
    this.doubts.delete(id);
    const changes: Change<T>[] = [];
    if (stored.current !== undefined) this.adopt(stored.current, changes);
    else this.discard(id, stored.revision, changes);
    for (const change of changes) this.watchers.tell(change);
  }

  /** Whether an answer or a change is news. If so, no doubt is left; else verification has to see it, too. */
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

  /** Equal revisions alone prove nothing across a gap: what came after a lost write may have the same one. */
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

  /** The revision that memory has; 0 when it has none that counts. */
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

  /** `revision` is that of the removal, 0 when none is known. */
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
