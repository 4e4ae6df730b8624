interface Waiter {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Collects what is committed in one turn of the event loop, or while a write is in flight, into one durable write:
 * under load the price of a disk sync is shared by all who wait for it. Order of commits is order of durability.
 */
export class GroupCommit<Op> {
  private ops: Op[] = [];
  private waiters: Waiter[] = [];
  private writing: Promise<void> | undefined;

  /** `write` must be durable when it resolves; `failed` hears of a write that failed, after its waiters did. */
  constructor(
    private readonly write: (ops: readonly Op[]) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** True when everything committed is durable. */
  get idle(): boolean {
    return this.writing === undefined;
  }

  /** Resolves when `ops` and all earlier ones are durable; `durable` runs first, in order of the commits. */
  commit(ops: readonly Op[], durable: () => void = () => undefined): Promise<void> {
    for (const op of ops) this.ops.push(op);
    return new Promise((resolve, reject) => {
      const done = (): void => {
        durable();
        resolve();
      };
      this.waiters.push({ done, failed: reject });
      this.writing ??= this.flush();
    });
  }

  /** Resolves when everything committed so far is durable; fails with it. */
  barrier(): Promise<void> {
    return this.idle ? Promise.resolve() : this.commit([]);
  }

  private async flush(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiters.length > 0) await this.writeOnce();
    this.writing = undefined;
  }

  private async writeOnce(): Promise<void> {
    const { ops, waiters } = this;
    this.ops = [];
    this.waiters = [];
    try {
      if (ops.length > 0) await this.write(ops);
    } catch (error) {
      this.fail([...waiters, ...this.waiters], error);
      return;
    }
    for (const { done } of waiters) done();
  }

  /** What came in meanwhile was decided on top of what failed, so it fails too. */
  private fail(waiters: readonly Waiter[], error: unknown): void {
    this.ops = [];
    this.waiters = [];
    for (const { failed } of waiters) failed(error);
    this.failed(error);
  }
}
