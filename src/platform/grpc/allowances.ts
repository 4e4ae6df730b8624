import { DomainError } from '../../shared/errors/domain-error.js';
import { callerText, allowanceOf } from './caller.js';
import type { Caller } from './caller.js';

/** A caller that was quiet may ask for so many seconds' worth at once. */
const BURST_SECONDS = 10;

/** Callers that are remembered; of more, those that were quiet for longest are forgotten, which forgives them. */
const MAX_CALLERS = 50_000;

interface Bucket {
  units: number;
  /** Milliseconds. */
  at: number;
}

/** Token buckets: how much each caller may ask for in a while. */
export class Allowances {
  /** In the order in which they were used last. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Throws `exhausted` when the caller asked for more than `perSecond`, ten seconds' worth at once included. */
  spend(caller: Caller, what: string, perSecond: number, units = 1): void {
    const burst = perSecond * BURST_SECONDS;
    const bucket = this.bucket(`${what} ${allowanceOf(caller)}`, perSecond, burst);
    if (bucket.units >= Math.min(units, burst)) bucket.units -= units;
    else {
      const seconds = Math.max(1, Math.ceil((Math.min(units, burst) - bucket.units) / perSecond));
      throw new DomainError(
        'exhausted',
        `more than ${perSecond} ${what} per second come from ${callerText(caller)}; try again in ${seconds} s`,
      );
    }
  }

  private bucket(key: string, perSecond: number, burst: number): Bucket {
    const now = this.now();
    const known = this.buckets.get(key);
    const units = known ? Math.min(burst, known.units + ((now - known.at) / 1000) * perSecond) : burst;
    const bucket = { units, at: now };
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > MAX_CALLERS) this.buckets.delete(this.buckets.keys().next().value!);
    return bucket;
  }
}
