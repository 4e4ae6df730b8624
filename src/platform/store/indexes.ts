import type { Document, IndexKeys } from './table.js';

/** The in-memory indexes of one table: index name → key → documents by ID. */
export class Indexes<T extends Document, I extends string> {
  private readonly buckets = new Map<string, Map<string, Map<string, T>>>();

  /** `report` is called if an index function throws; the document is then omitted from that index. */
  constructor(
    private readonly functions: Readonly<Record<I, IndexKeys<T>>>,
    private readonly report: (message: string, error: unknown) => void,
  ) {
    for (const name of Object.keys(functions)) this.buckets.set(name, new Map());
  }

  /** The documents with `key` in `index`. Throws if the index is not declared. */
  by(index: I, key: string): readonly T[] {
    const keys = this.buckets.get(index);
    if (keys === undefined) throw new Error(`index "${index}" is not declared`);
    return [...(keys.get(key)?.values() ?? [])];
  }

  add(document: T): void {
    for (const [name, keys] of this.buckets) {
      for (const key of this.keysOf(name, document)) {
        const bucket = keys.get(key);
        if (bucket === undefined) keys.set(key, new Map([[document.id, document]]));
        else bucket.set(document.id, document);
      }
    }
  }

  remove(document: T): void {
    for (const [name, keys] of this.buckets) {
      for (const key of this.keysOf(name, document)) {
        const bucket = keys.get(key);
        bucket?.delete(document.id);
        if (bucket?.size === 0) keys.delete(key);
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
