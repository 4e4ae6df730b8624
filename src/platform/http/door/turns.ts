/**
 * Lets requests begin one at a time, with a turn of the event loop between them: what has arrived meanwhile is taken in
 * (and its credential judged) before the next one begins, and a health check waits for one request instead of all. Callers
 * take turns, so that many requests of one do not keep those of another waiting.
 */
export class Turns {
  /** By caller, in the order of their next turns. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private taken = false;

  /** Runs `begin` now if nothing has begun in this turn of the event loop, else when it is the caller's turn. */
  take(caller: string, begin: () => void): void {
    if (this.taken) {
      const queue = this.waiting.get(caller);
      if (queue) queue.push(begin);
      else this.waiting.set(caller, [begin]);
      return;
    }
    this.taken = true;
    setImmediate(this.next);
    begin();
  }

  private readonly next = (): void => {
    const [first] = this.waiting;
    if (!first) {
      this.taken = false;
      return;
    }
    const [caller, queue] = first;
    const begin = queue.shift()!;
    this.waiting.delete(caller);
    if (queue.length > 0) this.waiting.set(caller, queue);
    setImmediate(this.next);
    begin();
  };
}
