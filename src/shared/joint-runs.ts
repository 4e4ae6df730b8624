interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Runs of one key follow each other, and what is asked while one is under way is done jointly by the next: when a run
 * is mostly waiting, a hundred who ask together wait two runs instead of a hundred.
 */
export class JointRuns<T, R> {
  private readonly waiting = new Map<string, Waiting<T, R>[]>();

  /** `run` returns one result for each item, in their order; when it fails, all of its items fail. */
  constructor(
    private readonly run: (key: string, items: readonly T[]) => Promise<readonly R[]>,
    private readonly most: number,
  ) {}

  /** The result of `item`, from a run that begins after this call. */
  join(key: string, item: T): Promise<R> {
    return new Promise((done, failed) => {
      const queue = this.waiting.get(key);
      if (queue) return void queue.push({ item, done, failed });
      const first = [{ item, done, failed }];
      this.waiting.set(key, first);
      void this.work(key, first);
    });
  }

  private async work(key: string, queue: Waiting<T, R>[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, this.most);
      try {
        const results = await this.run(
          key,
          batch.map(({ item }) => item),
        );
        batch.forEach(({ done }, index) => done(results[index]!));
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.waiting.delete(key);
  }
}
