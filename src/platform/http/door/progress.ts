/** What must go through within the time allowed, in bytes; less is no progress. */
const PIECE = 64 * 1024;

/** Tells a transfer that gets on from one that only pretends to: single bytes do not count. */
export class Progress {
  private mark: number | undefined;
  private since = 0;

  /** The other side is not waited for at present. */
  pause(): void {
    this.mark = undefined;
  }

  /**
   * Whether fewer bytes than a good piece went through for longer than `timeout`. `done` counts the bytes since the
   * connection was opened, `now` and `timeout` are milliseconds.
   */
  hasStalled(done: number, now: number, timeout: number): boolean {
    if (this.mark === undefined || done - this.mark >= PIECE) {
      this.mark = done;
      this.since = now;
    }
    return now - this.since > timeout;
  }
}
