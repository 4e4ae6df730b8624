import { Scheduler } from '../../shared/concurrency/scheduler.js';

/** Interval of ticks of the event loop, in milliseconds. */
const INTERVAL = 100;

/** Upper limit of the assumed delay of a request, in milliseconds. */
export const LONGEST_WAIT = 60_000;

/**
 * Estimates how long a request may have waited for this process before it was read. A busy event loop reads requests
 * late; a date that was valid on arrival must not be rejected for that reason. Everything that had arrived before the
 * last tick but one has been read after it, so requests read now arrived later.
 */
export class RequestDelayEstimator {
  private last = performance.now();
  private lastButOne = this.last;
  private readonly jobs = new Scheduler(() => undefined);

  constructor() {
    this.jobs.every(INTERVAL, 'tick', () => this.tick());
  }

  /** The maximum time since the arrival of a request that is read now, in milliseconds. */
  maxDelay(): number {
    return Math.min(performance.now() - this.lastButOne, LONGEST_WAIT);
  }

  stop(): void {
    void this.jobs.stop();
  }

  private tick(): void {
    this.lastButOne = this.last;
    this.last = performance.now();
  }
}
