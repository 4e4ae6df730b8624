import { after, nextLoopRound } from '../../../shared/concurrency/timers.js';

interface Waiter {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** How long `commitLater` waits for another commit, in milliseconds; long enough for several writes. */
const DELAY = 20;

/**
 * Combines everything that is committed in one round of the event loop, or while a write is in flight, into one durable
 * write: under load, all waiting callers share the cost of a disk sync. Commits become durable in order.
 */
export class GroupCommit<Op> {
  private ops: Op[] = [];
  private waiters: Waiter[] = [];
  private writing: Promise<void> | undefined;
  private isDeferred = false;

  /**
   * `write` must be durable when it resolves; `failed` is called after a failed write, after its waiters were rejected.
   */
  constructor(
    private readonly write: (ops: readonly Op[]) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** True when everything except deferred commits is durable. */
  get idle(): boolean {
    return this.writing === undefined;
  }

  /** Resolves when `ops` and all earlier ones are durable; calls `durable` before that, in commit order. */
  commit(ops: readonly Op[], durable: () => void = () => undefined): Promise<void> {
    const written = this.enqueue(ops, durable);
    this.writing ??= this.flush();
    return written;
  }

  /**
   * Like `commit`, but deferred: `ops` are written with the next commit, or after `DELAY` if there is none, so they do
   * not delay that commit by a separate write.
   */
  commitLater(ops: readonly Op[]): Promise<void> {
    const written = this.enqueue(ops, () => undefined);
    if (!this.isDeferred) after(DELAY, () => this.writeDeferred(), { keepsAlive: true });
    this.isDeferred = true;
    return written;
  }

  private writeDeferred(): void {
    this.isDeferred = false;
    if (this.waiters.length > 0) this.writing ??= this.flush();
  }

  /** Resolves when all commits so far, except deferred ones, are durable; rejects if their write fails. */
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
    await nextLoopRound();
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

  /** Commits that arrived during the failed write were decided on top of it, so they fail, too. */
  private fail(waiters: readonly Waiter[], error: unknown): void {
    this.ops = [];
    this.waiters = [];
    for (const { failed } of waiters) failed(error);
    this.failed(error);
  }
}
