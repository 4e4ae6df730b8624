import { ExpiringMap } from '../../shared/concurrency/expiring-map.js';
import type { Clock } from '../../shared/clock.js';

/**
 * Records the signatures of one HMAC type for as long as they would be accepted, so that none is accepted twice. Memory
 * is bounded: when full, the oldest signature is dropped early. Only holders of the key can fill it, because only valid
 * signatures are recorded. Each process has its own cache; `UsedSignatures` is shared by all.
 */
export class ReplayCache {
  private readonly seen: ExpiringMap<string, true>;

  /** `window` is the maximum time that a signature stays acceptable after it was first seen, in milliseconds. */
  constructor(window: number, clock: Clock, capacity = 100_000) {
    this.seen = new ExpiringMap(window, clock, capacity);
  }

  get size(): number {
    return this.seen.size;
  }

  /** Records a signature. Returns false if it was already recorded within the window. */
  admit(signature: string): boolean {
    if (this.seen.has(signature)) return false;
    this.seen.set(signature, true);
    return true;
  }

  has(signature: string): boolean {
    return this.seen.has(signature);
  }
}

/** Signatures of read requests within the window, and those that were repeated. Bounded like `ReplayCache`. */
export class ReadSignatures {
  private readonly once: ReplayCache;
  private readonly repeated: ReplayCache;

  /** `window` is in milliseconds. */
  constructor(window: number, clock: Clock, capacity = 20_000) {
    this.once = new ReplayCache(window, clock, capacity);
    this.repeated = new ReplayCache(window, clock, capacity);
  }

  note(signature: string): void {
    if (!this.once.admit(signature)) this.repeated.admit(signature);
  }

  isRepeated(signature: string): boolean {
    return this.repeated.has(signature);
  }
}
