interface Waiter {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** How long `commitLater` waits for another commit, in milliseconds; long enough for several writes. */
const DELAY = 20;

/**
 * Collects what is committed in one turn of the event loop, or while a write is in flight, into one durable write:
 * under load the price of a disk sync is shared by all who wait for it. Order of commits is order of durability.
 */
export class GroupCommit<Op> {
  private ops: Op[] = [];
  private waiters: Waiter[] = [];
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** `write` must be durable when it resolves; `failed` hears of a write that failed, after its waiters did. */
  constructor(
    private readonly write: (ops: readonly Op[]) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** True when everything is durable but what `commitLater` holds. */
  get idle(): boolean {
    return this.writing === undefined;
  }

  /** Resolves when `ops` and all earlier ones are durable; `durable` runs first, in order of the commits. */
  commit(ops: readonly Op[], durable: () => void = () => undefined): Promise<void> {
    const written = this.enqueue(ops, durable);
    this.writing ??= this.flush();
    return written;
  }

  /**
   * Like `commit`, but without hurry: `ops` go to disk with the next commit, or after `DELAY` when there is none. So they
   * do not delay that commit by a write of their own.
   */
  commitLater(ops: readonly Op[]): Promise<void> {
    const written = this.enqueue(ops, () => undefined);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.waiters.length > 0) this.writing ??= this.flush();
    }, DELAY);
    return written;
  }

  /** Resolves when everything committed so far is durable, but what `commitLater` holds; fails with it. */
  barrier(): Promise<void> {
    return this.idle ? Promise.resolve() : this.commit([]);
  }

  private enqueue(ops: readonly Op[], durable: () => void): Promise<void> {
    for (const op of ops) this.ops.push(op);
    return new Promise((resolve, reject) => {
      const done = (): void => {
        durable();
        resolve();
      };
      this.waiters.push({ done, failed: reject });
    });
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
