interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Serializes the runs of each key and batches items: those submitted during a run are processed together by the next.
 * If a run is mostly waiting, a hundred concurrent callers wait for two runs instead of a hundred.
 */
export class KeyedBatcher<T, R> {
  private readonly waiting = new Map<string, Waiting<T, R>[]>();

  /**
   * `run` returns one result per item, in the same order; if it rejects, all of its items fail. `most` limits a batch.
   */
  constructor(
    private readonly run: (key: string, items: readonly T[]) => Promise<readonly R[]>,
    private readonly most: number,
  ) {}

  /** Resolves to the result of `item`, from a run that starts after this call. */
  submit(key: string, item: T): Promise<R> {
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
