/** The part of a terminal or file that progress is written to. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How often a line is redrawn in a terminal, and written elsewhere, in milliseconds. */
const REDRAW_MS = 200;
const LINE_MS = 5_000;

/**
 * Shows how far a long task is, at which rate, and how long it still takes: in a terminal one line that is redrawn,
 * elsewhere a plain line every few seconds.
 */
export class Progress {
  private task = '';
  private since = 0;
  private shown = 0;

  /** `now`: milliseconds since any fixed moment. */
  constructor(
    private readonly out: ProgressOutput,
    private readonly now: () => number = Date.now,
  ) {}

  /** Tells that `done` of `total` are done. The end of a task is always shown. */
  update(task: string, done: number, total: number): void {
    if (task !== this.task || done === 0) {
      this.task = task;
      this.since = this.now();
      this.shown = this.now();
    }
    const last = done === total;
    if (!last && this.now() - this.shown < (this.out.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.shown = this.now();
    const text = this.line(done, total);
    this.out.write(this.out.isTTY ? `\r\u001b[K${text}${last ? '\n' : ''}` : `${text}\n`);
  }

  private line(done: number, total: number): string {
    const seconds = Math.max(this.now() - this.since, 1) / 1000;
    const rate = done / seconds;
    const head = `${this.task}: ${done} of ${total}`;
    if (done === total) return `${head} in ${seconds.toFixed(1)} s`;
    const left = rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : '';
    return `${head}, ${Math.round(rate)}/s${left}`;
  }
}
