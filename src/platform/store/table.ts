import type { Content, Document } from '../../shared/document.js';

export type { Content, Document };

/** Computes the keys of a document in one index; `undefined` or `[]` keeps it out. */
export type IndexKeys<T> = (document: T) => string | readonly string[] | undefined;

/** Declares a table: its name in the database and its in-memory indexes. */
export interface TableDefinition<T extends Document = Document, I extends string = string> {
  readonly name: string;
  readonly indexes: Readonly<Record<I, IndexKeys<T>>>;
  /** Paths of fields whose texts are encrypted at rest, such as `allocation.userData`. */
  readonly secrets?: readonly string[];
}

/**
 * Declares a table. Curried so that the document type is given and the index names are inferred:
 * `defineTable<Image>()({ name: 'image', indexes: { os: (image) => image.os } })`.
 */
export const defineTable =
  <T extends Document>() =>
  <I extends string = never>(definition: {
    name: string;
    indexes?: Record<I, IndexKeys<T>>;
    secrets?: readonly string[];
  }): TableDefinition<T, I> => ({
    name: definition.name,
    indexes: definition.indexes ?? ({} as Record<I, IndexKeys<T>>),
    secrets: definition.secrets ?? [],
  });

/** What a watcher is told: the newest state of one document, its removal, or that states may have been missed. */
export type Change<T> =
  | { readonly type: 'put'; readonly id: string; readonly now: T; readonly before: T | undefined }
  | { readonly type: 'removed'; readonly id: string; readonly before: T }
  | { readonly type: 'reset' };

export type Unsubscribe = () => void;

/**
 * One live table (design §6). Reads come from memory and never wait; writes go to the database, are answered by it,
 * and are visible to this process's reads before the call returns. Documents are frozen.
 */
export interface Table<T extends Document, I extends string = string> {
  readonly name: string;
  get(id: string): T | undefined;
  /** All documents, in no particular order. */
  list(): Iterable<T>;
  readonly size: number;
  /** The documents with `key` in `index`, in no particular order. */
  by(index: I, key: string): readonly T[];

  /** Stores a new document. Throws `already-exists` when the id is taken. */
  insert(content: Content<T>): Promise<T>;
  /** Replaces the document if its revision is still `expectedRevision`; else `conflict`, with memory refreshed. */
  replace(content: Content<T>, expectedRevision: number): Promise<T>;
  /**
   * Read-modify-write with bounded, jittered retry. `change` must be pure: it may run several times. Returning the
   * same object writes nothing. Throws `not-found` when there is no such document, and what `change` throws about the
   * state that the database has: memory may be behind.
   */
  update(id: string, change: (current: T) => Content<T>): Promise<T>;
  /** Like `update`, but `change` also gets `undefined` when there is no such document, and then inserts the result. */
  upsert(id: string, change: (current: T | undefined) => Content<T>): Promise<T>;
  /** Removes the document; with `expectedRevision` only if it is still that one (`conflict`). Absent: `undefined`. */
  remove(id: string, expectedRevision?: number): Promise<T | undefined>;
  /** Reads one document from the database itself and brings memory up to date: for ledgers (design D3). */
  fresh(id: string): Promise<T | undefined>;
  /**
   * Many small unconditional merges in one round trip: each patch overwrites the named top-level fields. For
   * liveliness only. Patches of absent documents are ignored.
   */
  touch(patches: readonly ({ readonly id: string } & Partial<Content<T>>)[]): Promise<void>;
  /** Level-triggered: may skip intermediate states, never reorders those of one document; `reset` after a gap. */
  watch(listener: (change: Change<T>) => void): Unsubscribe;
}
