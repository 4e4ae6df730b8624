import { BoundedMap } from '../../shared/concurrency/bounded-map.js';
import { DomainError } from '../../shared/errors/domain-error.js';
import { callerText, rateLimitKey } from './caller.js';
import type { GrpcCaller } from './caller.js';

/** A caller that was idle may use the allowance of this many seconds at once. */
const BURST_SECONDS = 10;

/** Number of tracked callers; beyond it, the least recently active ones are dropped, which resets their allowance. */
const MAX_CALLERS = 50_000;

interface Bucket {
  units: number;
  /** Milliseconds. */
  at: number;
}

/** Token buckets that limit the rate of each caller. */
export class RateLimiter {
  private readonly buckets = new BoundedMap<string, Bucket>(MAX_CALLERS);

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Throws `exhausted` if the caller exceeds `perSecond`; bursts of up to ten seconds' worth are allowed. */
  spend(caller: GrpcCaller, what: string, perSecond: number, units = 1): void {
    const burst = perSecond * BURST_SECONDS;
    const bucket = this.bucket(`${what} ${rateLimitKey(caller)}`, perSecond, burst);
    if (bucket.units >= Math.min(units, burst)) bucket.units -= units;
    else {
      const seconds = Math.max(1, Math.ceil((Math.min(units, burst) - bucket.units) / perSecond));
      throw new DomainError(
        'exhausted',
        `more than ${perSecond} ${what} per second from ${callerText(caller)}; try again in ${seconds} s`,
      );
    }
  }

  private bucket(key: string, perSecond: number, burst: number): Bucket {
    const now = this.now();
    const known = this.buckets.get(key);
    const units = known ? Math.min(burst, known.units + ((now - known.at) / 1000) * perSecond) : burst;
    const bucket = { units, at: now };
    this.buckets.set(key, bucket);
    return bucket;
  }
}
