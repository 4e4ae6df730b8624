import type { Content, Document } from '../../shared/document.js';

export type { Content, Document };

/** Computes the keys of a document in one index; `undefined` or `[]` omits the document. */
export type IndexKeys<T> = (document: T) => string | readonly string[] | undefined;

/** Declares a table: its name in the database and its in-memory indexes. */
export interface TableDefinition<T extends Document = Document, I extends string = string> {
  readonly name: string;
  readonly indexes: Readonly<Record<I, IndexKeys<T>>>;
  /** Paths of fields whose texts are encrypted at rest, such as `allocation.userData`. */
  readonly secrets?: readonly string[];
  /**
   * Paths of texts that are `undefined` in the program when they are absent, and stored as `""`, such as `rackId`, or
   * `nics.vrf` in each element of `nics`. Their type is `string | undefined`, not optional: only a field that is there is
   * stored.
   */
  readonly absentTexts?: readonly string[];
}

/**
 * Declares a table. Curried so that the document type is specified and the index names are inferred:
 * `defineTable<Image>()({ name: 'image', indexes: { os: (image) => image.os } })`.
 */
export const defineTable =
  <T extends Document>() =>
  <I extends string = never>(definition: {
    name: string;
    indexes?: Record<I, IndexKeys<T>>;
    secrets?: readonly string[];
    absentTexts?: readonly string[];
  }): TableDefinition<T, I> => ({
    name: definition.name,
    indexes: definition.indexes ?? ({} as Record<I, IndexKeys<T>>),
    secrets: definition.secrets ?? [],
    absentTexts: definition.absentTexts ?? [],
  });

/** Notification of a watcher: the newest state of a document, its removal, or that states may have been missed. */
export type Change<T> =
  | { readonly type: 'put'; readonly id: string; readonly now: T; readonly before: T | undefined }
  | { readonly type: 'removed'; readonly id: string; readonly before: T }
  | { readonly type: 'reset' };

export type Unsubscribe = () => void;

/**
 * One live table (docs/concepts/design.md#store). Reads come from memory and never wait. Writes go to the database and
 * are visible to reads of this process before the call returns. Documents are frozen.
 */
export interface Table<T extends Document, I extends string = string> {
  readonly name: string;
  get(id: string): T | undefined;
  /** All documents, in no particular order. */
  list(): Iterable<T>;
  readonly size: number;
  /** The documents with `key` in `index`, in no particular order. */
  by(index: I, key: string): readonly T[];

  /** Stores a new document. Throws `already-exists` if the ID is taken. */
  insert(content: Content<T>): Promise<T>;
  /** Replaces the document if it still has `expectedRevision`. Otherwise refreshes memory and throws `conflict`. */
  replace(content: Content<T>, expectedRevision: number): Promise<T>;
  /**
   * Read-modify-write with bounded, jittered retries. `change` must be pure: it may run several times. Returning the
   * same object writes nothing. Throws `not-found` if the document does not exist, and passes on errors of `change`
   * only if they are based on the state in the database, because memory may lag.
   */
  update(id: string, change: (current: T) => Content<T>): Promise<T>;
  /** Like `update`, but if the document does not exist, calls `change` with `undefined` and inserts the result. */
  upsert(id: string, change: (current: T | undefined) => Content<T>): Promise<T>;
  /** Removes the document; with `expectedRevision` only if it still has it (else `conflict`). Absent: `undefined`. */
  remove(id: string, expectedRevision?: number): Promise<T | undefined>;
  /**
   * Reads one document from the database and updates memory with it: for ledgers
   * (docs/concepts/design.md#no-transactions).
   */
  readFresh(id: string): Promise<T | undefined>;
  /**
   * Many small unconditional merges in one round trip: each patch overwrites the given top-level fields. For liveliness
   * only. Patches of absent documents are ignored.
   */
  patchUnchecked(patches: readonly ({ readonly id: string } & Partial<Content<T>>)[]): Promise<void>;
  /** Level-triggered: may skip intermediate states, never reorders the states of one document; `reset` after a gap. */
  watch(listener: (change: Change<T>) => void): Unsubscribe;
}
