import { LRUCache } from 'lru-cache';

/**
 * A map of at most `max` entries, or entries of at most that size together: a further one takes the place of the least recently
 * used. Grows on demand, so that many small ones cost little.
 */
export class BoundedMap<K extends string, V extends NonNullable<unknown>> {
  private readonly entries: LRUCache<K, V>;

  constructor(max: number, sizeOf: (value: V) => number = () => 1) {
    // Not the option `max`, for which the library allocates its arrays in advance.
    this.entries = new LRUCache<K, V>({ maxSize: max, sizeCalculation: sizeOf });
  }

  get size(): number {
    return this.entries.size;
  }

  /** The value, which counts as used now; undefined when it is absent. */
  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  set(key: K, value: V): void {
    this.entries.set(key, value);
  }

  delete(key: K): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  /** The value; when there is none, that of `make`, which is kept. */
  getOrMake(key: K, make: () => V): V {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }
}
