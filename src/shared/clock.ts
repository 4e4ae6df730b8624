/** Source of the current time; tests hand in one they can turn by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Injection token of the process's clock: `constructor(@Inject(CLOCK) private readonly clock: Clock)`. */
export const CLOCK = Symbol('clock');

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  constructor(private time = Date.parse('2026-01-01T00:00:00Z')) {}

  now(): number {
    return this.time;
  }

  /** Moves the clock forward by `milliseconds`. */
  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}

/** Stored and emitted form of an instant: ISO 8601, UTC, milliseconds (reference/30 §0.4). */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** What old clients expect for "never" where a timestamp may not be null (reference/40 §1.3). */
export const ZERO_TIME = '0001-01-01T00:00:00.000Z';
