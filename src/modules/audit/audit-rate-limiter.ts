import { BoundedMap } from '../../shared/concurrency/bounded-map.js';
import type { Clock } from '../../shared/clock.js';

/** Seconds' worth of a caller's rate that can be saved up for a burst. */
const BURST_SECONDS = 10;

/** Rate of all callers together, as a multiple of the rate of one. */
const SHARED = 10;

/** Maximum number of callers that are tracked; the one that has been idle for longest is dropped first. */
const MAX_CALLERS = 10_000;

interface Bucket {
  left: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Limits the calls that the trail records, per caller and in total: token buckets that fill over time. */
export class AuditRateLimiter {
  private readonly callers = new BoundedMap<string, Bucket>(MAX_CALLERS);
  private readonly shared: Bucket;

  /** `rate`: calls per second and caller. */
  constructor(
    private readonly rate: number,
    private readonly clock: Clock,
  ) {
    this.shared = { left: rate * SHARED * BURST_SECONDS, at: clock.now() };
  }

  /** Takes a token for one call of `caller`; returns false if its bucket or the common bucket is empty. */
  spend(caller: string): boolean {
    const own = this.bucketOf(caller);
    this.fill(own, this.rate);
    this.fill(this.shared, this.rate * SHARED);
    if (own.left < 1 || this.shared.left < 1) return false;
    own.left--;
    this.shared.left--;
    return true;
  }

  private bucketOf(caller: string): Bucket {
    return this.callers.getOrMake(caller, () => ({ left: this.rate * BURST_SECONDS, at: this.clock.now() }));
  }

  private fill(bucket: Bucket, rate: number): void {
    const now = this.clock.now();
    const earned = (Math.max(0, now - bucket.at) / 1000) * rate;
    bucket.left = Math.min(rate * BURST_SECONDS, bucket.left + earned);
    bucket.at = now;
  }
}
