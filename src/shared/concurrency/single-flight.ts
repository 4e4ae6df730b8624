/** Runs a task at most once at a time; who asks during a run joins it, and gets its result or error. */
export class SingleFlight<T> {
  private running: Promise<T> | undefined;

  constructor(private readonly task: () => Promise<T>) {}

  /** The run in progress. */
  get current(): Promise<T> | undefined {
    return this.running;
  }

  /** Starts a run at once, or joins the one in progress. */
  run(): Promise<T> {
    this.running ??= this.task().finally(() => (this.running = undefined));
    return this.running;
  }
}
