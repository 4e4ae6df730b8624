/** Every stored document: a key, and the number of times it was written (design D2: an integer, never a clock). */
export interface Document {
  readonly id: string;
  readonly revision: number;
}

/** A document that is not stored yet, or a new content for one: without the revision, which the store assigns. */
export type Content<T extends Document> = Omit<T, 'revision'>;
