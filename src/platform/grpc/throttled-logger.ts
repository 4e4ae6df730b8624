import type { AppLogger } from '../../shared/app-logger.js';

/** Minimum interval between two lines, in milliseconds. */
const PAUSE = 10_000;

/** Logs warnings that callers can trigger at any rate: one line per ten seconds, with the number of omitted lines. */
export class ThrottledLogger {
  private last = -Infinity;
  private omitted = 0;

  constructor(
    private readonly log: AppLogger,
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
