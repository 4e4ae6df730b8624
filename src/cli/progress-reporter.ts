/** The members of an output stream that the reporter uses. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  /** Width of the window. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** Minimum interval between two redraws in a terminal, and between two lines elsewhere, in milliseconds. */
const REDRAW_MS = 200;
const LINE_MS = 5_000;

/** Reports that `done` of `total` items of a task are done. */
export type TaskProgress = (task: string, done: number, total: number, detail?: string) => void;

/**
 * Shows progress, rate and remaining time of a long task: one redrawn line in a terminal, otherwise a plain line every
 * few seconds.
 */
export class ProgressReporter {
  private task = '';
  private detail = '';
  private since = 0;
  private shown = 0;
  /** Whether the last line in the terminal may be redrawn. */
  private isOpen = false;

  /** `now` returns milliseconds since an arbitrary point in time. */
  constructor(
    private readonly out: ProgressOutput,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Records that `done` of `total` items are done. Completion is always shown. `detail` says what is done now; a change of
   * it is shown at once.
   */
  readonly update: TaskProgress = (task, done, total, detail = ''): void => {
    if (task !== this.task || done === 0) {
      this.endLine();
      this.task = task;
      this.since = this.now();
      this.shown = this.now();
    }
    const last = done === total;
    const isNews = detail !== this.detail;
    this.detail = detail;
    if (!last && !isNews && this.now() - this.shown < (this.out.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.shown = this.now();
    const text = this.line(done, total);
    this.isOpen = this.out.isTTY === true && !last;
    this.out.write(this.out.isTTY ? `\r\u001b[K${this.fitted(text)}${last ? '\n' : ''}` : `${text}\n`);
  };

  /** Leaves the line as it is, so that other output begins below it. */
  endLine(): void {
    if (this.isOpen) this.out.write('\n');
    this.isOpen = false;
  }

  /** A line that the terminal wraps could not be redrawn. */
  private fitted(text: string): string {
    const { columns = 80 } = this.out;
    return text.length < columns ? text : `${text.slice(0, Math.max(1, columns - 2))}…`;
  }

  private line(done: number, total: number): string {
    const seconds = Math.max(this.now() - this.since, 1) / 1000;
    const rate = done / seconds;
    const head = `${this.task}: ${done} of ${total}${this.detail && ` (${this.detail})`}`;
    if (done === total) return `${head} in ${seconds.toFixed(1)} s`;
    if (rate === 0) return head;
    const pace = rate >= 1 ? `${Math.round(rate)}/s` : `${(1 / rate).toFixed(1)} s each`;
    return `${head}, ${pace}, ${Math.ceil((total - done) / rate)} s left`;
  }
}
