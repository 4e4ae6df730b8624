/** A request that ran longer than this held up what arrived meanwhile, in milliseconds. */
const LONG = 5;

/** Requests that together take less than this share a turn of the event loop, in milliseconds. */
const SHORT = 1;

/**
 * Lets requests begin one at a time, with turns of the event loop between them: what has arrived meanwhile is taken in
 * (and its credential judged) before the next one begins, and a health check waits for one request instead of all. Callers
 * take turns, so that many requests of one do not keep those of another waiting. Short requests begin together: turns of the
 * event loop would cost more than they do.
 */
export class Turns {
  /** By caller, in the order of their next turns. */
  private readonly waiting = new Map<string, (() => void)[]>();
  /** Whether a request has begun, and the turn of the event loop that it began in is not over. */
  private taken = false;
  private arrivals = 0;
  private seen = 0;
  /** When the first of the requests that share a turn began. */
  private began = -Infinity;
  /** Until when arrivals go first; undefined until the length of the last request has been looked at. */
  private intakeEnds: number | undefined;

  /** A connection or a request has come in. */
  arrived(): void {
    this.arrivals++;
  }

  /** Runs `begin` now while the requests of this turn have been short, else when it is the caller's turn. */
  take(caller: string, begin: () => void): void {
    if (this.waiting.size === 0) {
      const now = performance.now();
      if (now - this.began < SHORT) return begin();
      if (!this.taken) return this.start(now, begin);
    }
    const queue = this.waiting.get(caller);
    if (queue) queue.push(begin);
    else this.waiting.set(caller, [begin]);
  }

  private start(now: number, begin: () => void): void {
    this.taken = true;
    this.began = now;
    this.intakeEnds = undefined;
    setImmediate(this.next);
    begin();
  }

  private readonly next = (): void => {
    if (this.waiting.size === 0) {
      this.taken = false;
      return;
    }
    if (this.goesOnTakingIn()) return void setImmediate(this.next);
    const [caller, queue] = this.waiting.entries().next().value!;
    const begin = queue.shift()!;
    this.waiting.delete(caller);
    if (queue.length > 0) this.waiting.set(caller, queue);
    this.start(performance.now(), begin);
  };

  /**
   * The event loop accepts one connection in a turn, so after a long request one turn is not enough. Arrivals go first
   * until there are none, for as long as the request ran at most: they must not keep out those that wait.
   */
  private goesOnTakingIn(): boolean {
    const now = performance.now();
    const isFirstLook = this.intakeEnds === undefined;
    const ran = now - this.began;
    this.intakeEnds ??= ran > LONG ? now + ran : now;
    const hasNews = isFirstLook || this.arrivals !== this.seen;
    this.seen = this.arrivals;
    return hasNews && now < this.intakeEnds;
  }
}
