import { performance } from 'node:perf_hooks';

/** A request that ran longer than this delayed new arrivals, in milliseconds. */
const LONG = 5;

/** Requests that together take less than this share a round of the event loop, in milliseconds. */
const SHORT = 2;

/** Maximum number of waiting short requests that start in one round. */
const TOGETHER = 16;

/**
 * Starts requests one at a time, with rounds of the event loop in between: new arrivals are accepted (and their
 * credentials checked) before the next request starts, and a health check waits for one request instead of all. Callers
 * take turns, so that many requests of one caller do not delay the requests of others. Short requests start together:
 * separate rounds would cost more than the requests.
 */
export class FairScheduler {
  /** By caller, in order of their next turns. */
  private readonly waiting = new Map<string, (() => void)[]>();
  /** The round of the event loop in which the last request was started that did not share one. */
  private turn = -1;
  /** Number of waiting requests. */
  private queued = 0;
  /** Whether `next` is scheduled. */
  private scheduled = false;
  private arrivals = 0;
  private seen = 0;
  /** Start of the first of the requests that share a round. */
  private began = -Infinity;
  /** Until when arrivals have priority; undefined until the duration of the last request was evaluated. */
  private intakeEnds: number | undefined;

  /** Registers a new connection or request. */
  arrived(): void {
    this.arrivals++;
  }

  /** Calls `begin` immediately while the requests of this round were short, otherwise in the caller's turn. */
  take(caller: string, begin: () => void): void {
    if (this.queued === 0) {
      const now = performance.now();
      if (now - this.began < SHORT) return begin();
      if (currentTurn() !== this.turn) return this.start(now, begin);
    }
    const queue = this.waiting.get(caller);
    if (queue) queue.push(begin);
    else this.waiting.set(caller, [begin]);
    this.queued++;
    if (!this.scheduled) this.schedule();
  }

  private start(now: number, begin: () => void): void {
    this.turn = currentTurn();
    this.began = now;
    this.intakeEnds = undefined;
    begin();
  }

  /** Only while requests wait: an immediate in each round would keep the event loop from sleeping. */
  private schedule(): void {
    this.scheduled = this.queued > 0;
    if (!this.scheduled) return;
    setImmediate(this.next);
    for (let n = 1; n < Math.min(this.queued, TOGETHER); n++) setImmediate(this.join);
  }

  private readonly next = (): void => {
    if (this.queued > 0 && this.goesOnTakingIn()) return void setImmediate(this.next);
    if (this.queued > 0) this.start(performance.now(), this.shift());
    this.schedule();
  };

  /**
   * Starts one more in this round. Each has a separate immediate, so that the duration of the previous ones is known.
   */
  private readonly join = (): void => {
    if (this.queued > 0 && performance.now() - this.began < SHORT) this.shift()();
  };

  /** The first waiting request of the next caller. */
  private shift(): () => void {
    const [caller, queue] = this.waiting.entries().next().value!;
    const begin = queue.shift()!;
    this.waiting.delete(caller);
    if (queue.length > 0) this.waiting.set(caller, queue);
    this.queued--;
    return begin;
  }

  /**
   * The event loop accepts one connection per round, so one round is not enough after a long request. Arrivals have
   * priority until there are none, but at most for the duration of that request: they must not starve waiting requests.
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

/** Number of rounds of the event loop; read at most once per millisecond, because it costs half a microsecond. */
const currentTurn = (): number => performance.nodeTiming.uvMetricsInfo.loopCount;
