/** Amount that must be transferred within the timeout, in bytes; less does not count as progress. */
const PIECE = 64 * 1024;

/** Detects transfers that make no real progress: single bytes do not count. */
export class StallDetector {
  private mark: number | undefined;
  private since = 0;

  /** Stops the clock while we are not waiting for the other side. */
  pause(): void {
    this.mark = undefined;
  }

  /**
   * Whether too few bytes were transferred for longer than `timeout`. `done` is the number of bytes since the
   * connection was opened; `now` and `timeout` are in milliseconds.
   */
  hasStalled(done: number, now: number, timeout: number): boolean {
    if (this.mark === undefined || done - this.mark >= PIECE) {
      this.mark = done;
      this.since = now;
    }
    return now - this.since > timeout;
  }
}
