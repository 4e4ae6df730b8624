/**
 * Work that takes turns on the event loop: only so many pieces of it are done in each round of the loop, in the order in
 * which they were asked for, so that in between everything else is served: new requests, health, metrics, timers. A plain
 * `setImmediate` would not do: all that are due run in the same round.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  /** `width` pieces of work are done in each round. */
  constructor(private readonly width: number) {}

  /** Resolves when it is the caller's turn: at once when there is one left in this round. */
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

/** Long computations: one begins, or goes on, in each round. */
const turns = new Turns(1);

/** Resolves when the caller may begin something that takes more than a millisecond or two. */
export const ownTurn = (): Promise<void> => turns.next();

/** How long a turn may last, in milliseconds. */
const TURN = 10;

/** Looking at the clock costs more than many a step. */
const STEPS = 16;

/**
 * Cuts a long loop into turns: `if (slices.due) await slices.pause()` in each of its steps. The loop must bear that
 * others change the world during a pause.
 */
export class Slices {
  private end = performance.now() + TURN;
  private steps = 0;

  /** Whether this turn has lasted long enough. */
  get due(): boolean {
    return ++this.steps % STEPS === 0 && performance.now() >= this.end;
  }

  /** Resolves with the next turn. */
  async pause(): Promise<void> {
    // Behind what became due meanwhile, even if nobody else waits for a turn.
    await new Promise((resolve) => setImmediate(resolve));
    await ownTurn();
    this.end = performance.now() + TURN;
  }
}

/** `map` over a list, in turns; begins with the caller's own turn. */
export async function mapInTurns<T, R>(items: Iterable<T>, map: (item: T) => R): Promise<R[]> {
  const slices = new Slices();
  const results: R[] = [];
  for (const item of items) {
    if (slices.due) await slices.pause();
    results.push(map(item));
  }
  return results;
}
