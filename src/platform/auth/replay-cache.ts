import type { Clock } from '../../shared/clock.js';

/**
 * Remembers the signatures of one HMAC type for as long as they would be accepted, so that none is accepted twice.
 * Memory is bounded: when full, the oldest signature is forgotten early. Only holders of the key can fill it, since
 * only valid signatures are entered. Each process has its own; `UsedSignatures` is that of all.
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

  has(signature: string): boolean {
    return this.seen.has(signature);
  }

  /** The window is the same for all, so the map's order, that of insertion, is that of expiry too. */
  private forget(now: number): void {
    for (const [signature, entered] of this.seen) {
      if (now - entered <= this.window && this.seen.size < this.capacity) return;
      this.seen.delete(signature);
    }
  }
}

/** Signatures of reading requests within the window, and which of them came more than once. Bounded likewise. */
export class ReadSignatures {
  private readonly once: ReplayCache;
  private readonly repeated: ReplayCache;

  /** `window` in milliseconds. */
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
