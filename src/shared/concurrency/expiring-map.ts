import type { Clock } from '../clock.js';

/**
 * A map whose entries are forgotten `window` milliseconds after they were set; when there are `capacity` others, the oldest
 * earlier. Memory is freed as time passes, with each entry that is set: all entries have the same window, so that the order of
 * the map is that of their expiry.
 */
export class ExpiringMap<K, V> {
  private readonly entries = new Map<K, { readonly value: V; readonly at: number }>();

  constructor(
    private readonly window: number,
    private readonly clock: Clock,
    private readonly capacity = Infinity,
  ) {}

  /** Number of entries in memory; some of them may have expired. */
  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && !this.isExpired(entry.at, this.clock.now()) ? entry.value : undefined;
  }

  has(key: K): boolean {
    const entry = this.entries.get(key);
    return entry !== undefined && !this.isExpired(entry.at, this.clock.now());
  }

  /** Starts the window of the entry anew. */
  set(key: K, value: V): void {
    const now = this.clock.now();
    this.entries.delete(key);
    for (const [old, { at }] of this.entries) {
      if (!this.isExpired(at, now) && this.entries.size < this.capacity) break;
      this.entries.delete(old);
    }
    this.entries.set(key, { value, at: now });
  }

  private isExpired(at: number, now: number): boolean {
    return now - at > this.window;
  }
}
