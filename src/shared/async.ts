/** Resolves after `milliseconds`; never keeps the process alive on its own. */
export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

/** Resolves when all that waits for the event loop right now has had its turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Full-jitter exponential back-off: a random delay in [0, min(cap, base·2^attempt)], in milliseconds. */
export const backoff = (attempt: number, base = 2, cap = 250): number =>
  Math.random() * Math.min(cap, base * 2 ** attempt);

/**
 * Runs tasks of the same key one after the other, in the order they came; tasks of different keys run side by side.
 * An optimisation against useless compare-and-set retries inside one process, never a substitute for them.
 */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    const tail = mine.catch(() => undefined);
    this.tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}
