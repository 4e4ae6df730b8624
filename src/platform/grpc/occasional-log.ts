import type { Log } from '../../shared/log.js';

/** Between two lines, in milliseconds. */
const PAUSE = 10_000;

/** For warnings that callers can cause as often as they like: one line in ten seconds, with a count of the others. */
export class OccasionalLog {
  private last = -Infinity;
  private omitted = 0;

  constructor(
    private readonly log: Log,
    private readonly now: () => number = () => performance.now(),
  ) {}

  warn(message: string): void {
    const now = this.now();
    if (now - this.last < PAUSE) {
      this.omitted++;
      return;
    }
    this.last = now;
    this.log.warn(this.omitted > 0 ? `${message} (and ${this.omitted} more since the last line)` : message);
    this.omitted = 0;
  }
}
