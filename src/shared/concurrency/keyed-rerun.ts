/**
 * Runs `work` for the keys that are woken: never twice at a time for one key, and once more for a key that was woken during
 * its run, however often. `work` must not reject.
 */
export class KeyedRerun {
  private readonly busy = new Map<string, { again: boolean; done: Promise<void> }>();

  constructor(private readonly work: (key: string) => Promise<void>) {}

  /** Starts a run at once, or after the one in progress. */
  wake(key: string): void {
    const running = this.busy.get(key);
    if (running) {
      running.again = true;
      return;
    }
    const entry = { again: false, done: Promise.resolve() };
    this.busy.set(key, entry);
    entry.done = this.run(key, entry).finally(() => this.busy.delete(key));
  }

  /** Resolves when the runs in progress have ended. */
  async settled(): Promise<void> {
    await Promise.all([...this.busy.values()].map(({ done }) => done));
  }

  private async run(key: string, entry: { again: boolean }): Promise<void> {
    do {
      entry.again = false;
      await this.work(key);
    } while (entry.again);
  }
}
