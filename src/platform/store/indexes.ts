import type { Document, IndexKeys } from './table.js';

/** Documents with the same key: one alone, or several by ID. Most keys have one, for which a map would be larger than itself. */
type Bucket<T> = T | Map<string, T>;

/** The in-memory indexes of one table: index name → key → documents. */
export class Indexes<T extends Document, I extends string> {
  private readonly indexes = new Map<string, Map<string, Bucket<T>>>();

  /** `report` is called if an index function throws; the document is then omitted from that index. */
  constructor(
    private readonly functions: Readonly<Record<I, IndexKeys<T>>>,
    private readonly report: (message: string, error: unknown) => void,
  ) {
    for (const name of Object.keys(functions)) this.indexes.set(name, new Map());
  }

  /** The documents with `key` in `index`. Throws if the index is not declared. */
  by(index: I, key: string): readonly T[] {
    const keys = this.indexes.get(index);
    if (keys === undefined) throw new Error(`index "${index}" is not declared`);
    const bucket = keys.get(key);
    if (bucket === undefined) return [];
    return bucket instanceof Map ? [...bucket.values()] : [bucket];
  }

  add(document: T): void {
    for (const [name, keys] of this.indexes) {
      for (const key of this.keysOf(name, document)) keys.set(key, withDocument(keys.get(key), document));
    }
  }

  remove(document: T): void {
    for (const [name, keys] of this.indexes) {
      for (const key of this.keysOf(name, document)) {
        if (isEmptyWithout(keys.get(key), document.id)) keys.delete(key);
      }
    }
  }

  /** Documents are frozen and index functions pure, so `remove` finds the same keys as `add`. */
  private keysOf(name: string, document: T): readonly string[] {
    try {
      const keys = this.functions[name as I](document);
      return keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys;
    } catch (error) {
      this.report(`index "${name}" failed for document "${document.id}"`, error);
      return [];
    }
  }
}

/** The bucket with the document in the place of the one with the same ID. */
function withDocument<T extends Document>(bucket: Bucket<T> | undefined, document: T): Bucket<T> {
  if (bucket === undefined) return document;
  if (bucket instanceof Map) return bucket.set(document.id, document);
  if (bucket.id === document.id) return document;
  return new Map([
    [bucket.id, bucket],
    [document.id, document],
  ]);
}

/** Takes the document out of the bucket; returns whether none is left in it. */
function isEmptyWithout<T extends Document>(bucket: Bucket<T> | undefined, id: string): boolean {
  if (bucket instanceof Map) return bucket.delete(id) && bucket.size === 0;
  return bucket?.id === id;
}
