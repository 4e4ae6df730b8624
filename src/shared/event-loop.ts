/**
 * Limits the pieces of work that start in each round of the event loop, first come, first served. Between the rounds,
 * everything else is served: new requests, health, metrics, timers. A plain `setImmediate` is not enough, because all
 * immediates that are due run in the same round.
 */
export class LoopLimiter {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  /** `width` is the number of pieces of work per round. */
  constructor(private readonly width: number) {}

  /** Resolves when it is the caller's turn; immediately if this round has a turn left. */
  async next(): Promise<void> {
    if (this.taken < this.width) return this.take();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private take(): void {
    if (++this.taken === 1) setImmediate(() => this.nextRound());
  }

  private nextRound(): void {
    this.taken = 0;
    for (const resolve of this.waiting.splice(0, this.width)) {
      this.take();
      resolve();
    }
  }
}

/** Limiter for long computations: one of them starts or continues in each round. */
const limiter = new LoopLimiter(1);

/** Resolves when the caller may start a computation that takes more than a millisecond or two. */
export const acquireLoopTurn = (): Promise<void> => limiter.next();

/** Maximum duration of a turn in milliseconds. */
const TURN = 10;

/** Default number of steps between two reads of the clock, which cost more than a typical step. */
const STEPS = 16;

/**
 * Splits a long loop into turns: call `if (slicer.due) await slicer.pause()` in each step. The loop must tolerate
 * changes of state during a pause.
 */
export class LoopSlicer {
  private end = performance.now() + TURN;
  private steps = 0;

  /** `stepsPerRead`: number of steps between two reads of the clock; 1 for steps that may take a millisecond or more. */
  constructor(private readonly stepsPerRead = STEPS) {}

  /** Whether the turn has used up its time. */
  get due(): boolean {
    return ++this.steps % this.stepsPerRead === 0 && performance.now() >= this.end;
  }

  /** Ends the turn; resolves at the start of the next one. */
  async pause(): Promise<void> {
    // Lets callbacks run that became due during the turn, even if no other task waits for a turn.
    await new Promise((resolve) => setImmediate(resolve));
    await acquireLoopTurn();
    this.end = performance.now() + TURN;
  }
}

/** Maps a list in turns that yield to the event loop. The first turn is that of the caller. */
export async function mapYielding<T, R>(items: Iterable<T>, map: (item: T) => R): Promise<R[]> {
  const slicer = new LoopSlicer();
  const results: R[] = [];
  for (const item of items) {
    if (slicer.due) await slicer.pause();
    results.push(map(item));
  }
  return results;
}

/**
 * Runs a computation that pauses (`yield`) about every millisecond, in turns that yield to the event loop. Resolves to
 * its result, rejects with its error.
 */
export async function runYielding<R>(steps: Iterator<undefined, R>): Promise<R> {
  const slicer = new LoopSlicer(1);
  await slicer.pause(); // what led to the computation may have taken long
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (slicer.due) await slicer.pause();
  }
}

/** Runs a computation that could pause to its end. Returns its result, throws its error. */
export function runAtOnce<R>(steps: Iterator<undefined, R>): R {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
