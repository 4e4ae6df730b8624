import type { Clock } from '../../shared/clock.js';

/**
 * Remembers the signatures of one HMAC type for as long as they would be accepted, so that none is accepted twice.
 * Memory is bounded: when full, the oldest signature is forgotten early. Only holders of the key can fill it, since
 * only valid signatures are entered. Each process has its own: a replay against another replica is not noticed.
 */
export class ReplayCache {
  private readonly seen = new Map<string, number>();

  /** `window` in milliseconds: how long a signature stays acceptable after it was first seen, at most. */
  constructor(
    private readonly window: number,
    private readonly clock: Clock,
    private readonly capacity = 100_000,
  ) {}

  get size(): number {
    return this.seen.size;
  }

  /** Enters a signature. False when it was entered within the window before. */
  admit(signature: string): boolean {
    const now = this.clock.now();
    this.forget(now);
    if (this.seen.has(signature)) return false;
    this.seen.set(signature, now);
    return true;
  }

  /** The window is the same for all, so the map's order, that of insertion, is that of expiry too. */
  private forget(now: number): void {
    for (const [signature, entered] of this.seen) {
      if (now - entered <= this.window && this.seen.size < this.capacity) return;
      this.seen.delete(signature);
    }
  }
}
