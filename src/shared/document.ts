/**
 * A stored document: its key, and the number of times that it was written (docs/concepts/design.md#reads-from-memory; a
 * counter, never a time).
 */
export interface Document {
  readonly id: string;
  readonly revision: number;
}

/** The content of a document without the revision, which the store assigns on writing. */
export type Content<T extends Document> = Omit<T, 'revision'>;
