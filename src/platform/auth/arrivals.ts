/** Milliseconds between two looks at the event loop. */
const INTERVAL = 100;

/** No request is believed to have waited longer than this, in milliseconds. */
export const LONGEST_WAIT = 60_000;

/**
 * Knows for how long a request may have been waiting for this process when it is taken in. A busy event loop reads late
 * what has arrived in time; a date that was good then must not be refused for it. All that had arrived was read behind the
 * last tick but one, so what is read now came after it.
 */
export class Arrivals {
  private last = performance.now();
  private lastButOne = this.last;
  private readonly timer = setInterval(() => this.tick(), INTERVAL).unref();

  /** How long ago a request that is read now arrived, at most, in milliseconds. */
  longestWait(): number {
    return Math.min(performance.now() - this.lastButOne, LONGEST_WAIT);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    this.lastButOne = this.last;
    this.last = performance.now();
  }
}
