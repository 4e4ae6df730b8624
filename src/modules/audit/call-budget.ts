import type { Clock } from '../../shared/clock.js';

/** A caller may save up so many seconds of its rate for a burst. */
const BURST_SECONDS = 10;

/** All callers together have so many times the rate of one. */
const SHARED = 10;

/** Callers whose use is remembered; the one that was quiet for longest is forgotten first. */
const MAX_CALLERS = 10_000;

interface Bucket {
  left: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** How many calls of each caller, and of all together, the trail takes: token buckets that fill as time passes. */
export class CallBudget {
  private readonly callers = new Map<string, Bucket>();
  private readonly shared: Bucket;

  /** `rate` in calls a second and caller. */
  constructor(
    private readonly rate: number,
    private readonly clock: Clock,
  ) {
    this.shared = { left: rate * SHARED * BURST_SECONDS, at: clock.now() };
  }

  /** Takes one call of `caller` out of its budget; false when nothing is left of it, or of that of all. */
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
    const bucket = this.callers.get(caller) ?? { left: this.rate * BURST_SECONDS, at: this.clock.now() };
    this.callers.delete(caller); // the map's order is that of use
    this.callers.set(caller, bucket);
    const [quietest] = this.callers.keys();
    if (this.callers.size > MAX_CALLERS && quietest !== undefined) this.callers.delete(quietest);
    return bucket;
  }

  private fill(bucket: Bucket, rate: number): void {
    const now = this.clock.now();
    const earned = (Math.max(0, now - bucket.at) / 1000) * rate;
    bucket.left = Math.min(rate * BURST_SECONDS, bucket.left + earned);
    bucket.at = now;
  }
}
