import { DomainError } from '../../shared/errors/domain-error.js';
import type { Document } from './table.js';
import type { Identity } from './installation/identity.js';
import type { LogEntry, LogRange } from './log.js';

/** Stored data that this process cannot make sense of, and that waiting does not cure. Ends a start. */
export class UnreadableData extends DomainError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

/** What an engine opens. */
export interface EngineNames {
  readonly tables: readonly string[];
  readonly logs: readonly string[];
  /** The fields of each table that hold secrets, as paths such as `allocation.userData`. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
}

/** That an id was removed, and the revision which the removal consumed (one more than the removed document's). */
export interface Removal {
  readonly id: string;
  readonly revision: number;
}

/** An id that no document has; see `Engine.barrier`. */
export const BARRIER_ID = '$barrier';

/** What an engine tells about one table, in order. */
export interface FeedSink {
  /**
   * The table's complete content; comes first, and again after every gap. `removals` are those that the engine still
   * remembers: they keep late answers to writes from resurrecting a document.
   */
  snapshot(documents: readonly Document[], removals: readonly Removal[]): void;
  /** One document's newer state, or its removal (`revision` is then that of the removal). */
  put(document: Document): void;
  removed(id: string, revision: number): void;
  /**
   * The database has gone back in time or is another one: what memory knows is void. The engine then sends the next
   * `snapshot` as soon as it can.
   */
  forget(): void;
  /**
   * The feed broke: until the next `snapshot` memory may be behind. The engine reconnects by itself. Called, too, when the
   * sink itself throws.
   */
  lost(error: Error): void;
}

/**
 * What is stored under an id: the document, or `undefined` with the revision of its removal (0: no removal is
 * remembered). A removal consumes a revision, so that the states of one id are totally ordered.
 */
export interface Stored {
  readonly current: Document | undefined;
  readonly revision: number;
}

/** Outcome of a conditional write; what is stored when the condition did not hold. */
export type WriteOutcome = { readonly ok: true; readonly document: Document } | ({ readonly ok: false } & Stored);

/**
 * A database under the live tables. Knows documents with `id` and `revision`, nothing of indexes or features.
 * Every promise of a write resolves only after the write is durable. A write whose answer was lost is resolved by
 * reading the document (design §6), never by guessing; when that is impossible the call throws `unavailable`.
 * Documents that an engine hands out may be frozen by the receiver; it never changes them afterwards.
 */
export interface Engine {
  /** Name for health and logs: `memory`, `embedded`, `rethinkdb`. */
  readonly kind: string;
  /** Connects and makes sure that the tables and logs exist. */
  open(names: EngineNames): Promise<void>;
  /**
   * From now on serves this database only: calls fail with `unavailable` while it finds another one, or none. When the
   * database has gone back in time it tells the sinks to `forget`, and `accepted` hears of the epoch that begins. An
   * engine that is alone on its data need not have it.
   */
  hold?(identity: Identity, accepted: (identity: Identity) => void): Promise<void>;
  /** Sends a snapshot, then changes, until `stop` is called. */
  follow(table: string, sink: FeedSink): { stop(): Promise<void> };
  /**
   * Makes the feeds of all processes tell the removal of `BARRIER_ID` with a higher revision than ever, and resolves with
   * that: whoever has heard of it has heard of what was written before. An engine that is alone on its data need not
   * have it.
   */
  barrier?(table: string): Promise<number>;
  read(table: string, id: string): Promise<Stored>;
  /** Inserts; a document that was removed before continues its revisions. */
  insert(table: string, content: { readonly id: string }): Promise<WriteOutcome>;
  replace(table: string, content: { readonly id: string }, expectedRevision: number): Promise<WriteOutcome>;
  /** With `expectedRevision` undefined removes whatever is there. `ok` with the removed document. */
  remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome>;
  /** Merges top-level fields, raising revisions; returns the resulting documents; absent ones are left out. */
  touch(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]>;
  append(log: string, entries: readonly LogEntry[]): Promise<void>;
  /** Appends the entry unless its id is there; see `Log.claim`. */
  claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean>;
  scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry>;
  prune(log: string, range: LogRange): Promise<number>;
  /** Id of the entry that has `n` newer ones; undefined when there are not so many. */
  nthNewest(log: string, n: number): Promise<string | undefined>;
  /** Version of the database for /v1/health; throws when it does not answer. */
  version(): Promise<string>;
  close(): Promise<void>;
}
