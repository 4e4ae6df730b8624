import { DomainError } from '../../shared/errors/domain-error.js';
import type { Document } from './table.js';
import type { Identity } from './installation/identity.js';
import type { LogEntry, LogRange } from './append-log.js';
import type { SavedState } from './saved-state.js';

/** Stored data that this process cannot interpret; retrying does not help. Aborts startup. */
export class UnreadableData extends DomainError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

/** What an engine opens: tables and logs. */
export interface EngineNames {
  readonly tables: readonly string[];
  readonly logs: readonly string[];
  /** Fields of each table that contain secrets, as paths such as `allocation.userData`. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
}

/** The removal of an ID, with the revision it consumed (the removed document's revision plus one). */
export interface Removal {
  readonly id: string;
  readonly revision: number;
}

/** A reserved ID that no document has; see `Engine.barrier`. */
export const BARRIER_ID = '$barrier';

/** Receives the change feed of one table, in order. */
export interface FeedSink {
  /**
   * The complete content of the table. Sent first, and again after every gap. `removals` are the tombstones that the
   * engine still keeps: they prevent late responses to writes from resurrecting a document.
   */
  snapshot(documents: readonly Document[], removals: readonly Removal[]): void;
  /** A newer state of one document, or its removal (`revision` is then the revision of the removal). */
  put(document: Document): void;
  removed(id: string, revision: number): void;
  /**
   * The database has gone back in time or was replaced by another one, so the contents of memory are void. The engine
   * sends the next `snapshot` as soon as it can.
   */
  invalidate(): void;
  /**
   * The feed broke: memory may lag until the next `snapshot`. The engine reconnects automatically. Also called when the
   * sink itself throws.
   */
  lost(error: Error): void;
}

/**
 * What is stored under an ID: the document, or `undefined` with the revision of its removal (0 if there is no
 * tombstone). A removal consumes a revision, so the states of one ID are totally ordered.
 */
export interface Stored {
  readonly current: Document | undefined;
  readonly revision: number;
}

/** Outcome of a conditional write. If the condition was not met, contains what is stored. */
export type WriteOutcome = { readonly ok: true; readonly document: Document } | ({ readonly ok: false } & Stored);

/**
 * A database under the live tables. It knows documents with `id` and `revision`, but not indexes or features. The
 * promise of a write resolves only after the write is durable. If the response to a write is lost, the outcome is
 * determined by reading the document (docs/concepts/design.md#store), never by guessing; if that is impossible, the
 * call throws `unavailable`. Callers may freeze the documents they receive; the engine never modifies them afterwards.
 */
export interface Engine {
  /** Name for the health endpoint and logs: `memory`, `embedded`, `rethinkdb`. */
  readonly kind: string;
  /** True if the data cannot be open in another process: what a process has left behind is a dead one's. */
  readonly isExclusive?: boolean;
  /** Connects and creates missing tables and logs. */
  open(names: EngineNames): Promise<void>;
  /**
   * Restricts the engine to this database: calls fail with `unavailable` while another database, or none, is found. If
   * the database has gone back in time, the engine calls `invalidate` of the sinks and passes the new epoch to
   * `accepted`. Optional for engines with exclusive access to their data.
   */
  bindToIdentity?(identity: Identity, accepted: (identity: Identity) => void): Promise<void>;
  /** Sends a snapshot, then changes, until `stop` is called. */
  follow(table: string, sink: FeedSink): { stop(): Promise<void> };
  /**
   * Makes the feeds of all processes report the removal of `BARRIER_ID` with a higher revision than ever before, and
   * resolves with that revision: a feed that has reported it has reported all earlier writes. Optional for engines with
   * exclusive access to their data.
   */
  barrier?(table: string): Promise<number>;
  read(table: string, id: string): Promise<Stored>;
  /** Inserts a document. A document that was removed before continues its revisions. */
  insert(table: string, content: { readonly id: string }): Promise<WriteOutcome>;
  /**
   * Stores many documents at once, for an import: those whose id was never stored before; others stay as they are. The
   * feed shows what became of each. An engine whose single writes are fast enough need not have it.
   */
  insertMany?(table: string, contents: readonly { readonly id: string }[]): Promise<void>;
  /**
   * Replaces the document if it has this revision. `changed` names the top-level fields in which the content may differ from that
   * of the revision, so that the engine need not write the others; undefined: any.
   */
  replace(
    table: string,
    content: { readonly id: string },
    expectedRevision: number,
    changed?: ReadonlySet<string>,
  ): Promise<WriteOutcome>;
  /**
   * Removes the document; unconditionally if `expectedRevision` is undefined. If `ok`, contains the removed document. `known` is
   * the document as the caller last saw it, with which the engine may spare itself to read it.
   */
  remove(table: string, id: string, expectedRevision: number | undefined, known?: Document): Promise<WriteOutcome>;
  /** Merges top-level fields and raises revisions. Returns the resulting documents, without absent ones. */
  patchUnchecked(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]>;
  append(log: string, entries: readonly LogEntry[]): Promise<void>;
  /** Appends the entry unless its ID exists; see `AppendLog.claim`. */
  claim(log: string, entry: LogEntry, durable: boolean): Promise<boolean>;
  scan(log: string, range: LogRange, descending: boolean): AsyncIterable<LogEntry>;
  prune(log: string, range: LogRange): Promise<number>;
  /** ID of the entry that has `n` newer ones; undefined if there are fewer entries. */
  nthNewest(log: string, n: number): Promise<string | undefined>;
  /**
   * A consistent state of these tables and logs (docs/adr/0022-backup.md), taken while they are written: whenever it
   * contains a write, it contains every write that had been confirmed, or could be seen, before that one began. A later
   * state of an ID replaces an earlier one. Memory is bounded; the reader sets the pace. Throws `unavailable` if the
   * database is lost meanwhile.
   */
  capture(names: EngineNames): AsyncIterable<readonly SavedState[]>;
  /** Roughly how many states `capture` returns. */
  estimate(names: EngineNames): Promise<number>;
  /**
   * Stores states unconditionally, with their revisions, in order. For a database that nothing else uses: feeds are not
   * told.
   */
  store(states: readonly SavedState[]): Promise<void>;
  /** Removes everything from these tables and logs, tombstones included. Under the conditions of `store`. */
  clear(names: EngineNames): Promise<void>;
  /** Version of the database, for /v1/health. Throws if the database does not respond. */
  version(): Promise<string>;
  close(): Promise<void>;
}
