import type { Document, IndexKeys } from './table.js';

/**
 * Documents with the same key: one alone, a few in an array that is never changed, or many by ID. Most keys have one or two, for
 * which a map would be larger than themselves.
 */
type Bucket<T> = T | readonly T[] | Map<string, T>;

/** Length of the longest array; a change copies it. */
const FEW = 8;

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

  /** The documents with `key` in `index`, in no particular order. Throws if the index is not declared. */
  by(index: I, key: string): readonly T[] {
    const keys = this.indexes.get(index);
    if (keys === undefined) throw new Error(`index "${index}" is not declared`);
    const bucket = keys.get(key);
    if (bucket === undefined) return [];
    if (isFew(bucket)) return bucket;
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
        const rest = withoutDocument(keys.get(key), document.id);
        if (rest === undefined) keys.delete(key);
        else keys.set(key, rest);
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

const isFew = <T extends Document>(bucket: Bucket<T>): bucket is readonly T[] => Array.isArray(bucket);

/** The bucket with the document in the place of the one with the same ID. */
function withDocument<T extends Document>(bucket: Bucket<T> | undefined, document: T): Bucket<T> {
  if (bucket === undefined) return document;
  if (bucket instanceof Map) return bucket.set(document.id, document);
  const known = isFew(bucket) ? bucket : [bucket];
  const others = known.some(({ id }) => id === document.id) ? known.filter(({ id }) => id !== document.id) : known;
  const few = [...others, document];
  if (few.length > FEW) return new Map(few.map((each) => [each.id, each]));
  return few.length === 1 ? document : few;
}

/** The bucket without the document with this ID; undefined if none is left in it. */
function withoutDocument<T extends Document>(bucket: Bucket<T> | undefined, id: string): Bucket<T> | undefined {
  if (bucket === undefined) return undefined;
  if (bucket instanceof Map) return bucket.delete(id) && bucket.size === 0 ? undefined : bucket;
  const few = (isFew(bucket) ? bucket : [bucket]).filter((each) => each.id !== id);
  return few.length > 1 ? few : few[0];
}
