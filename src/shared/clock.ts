/** Source of the current time; tests use `ManualClock`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Injection token of the process's clock; see `InjectClock`. */
export const CLOCK = Symbol('clock');

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that only moves on request. */
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

/** The stored and emitted form of a time: ISO 8601, UTC, milliseconds (docs/reference/catalog-conventions.md#json). */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString();

/**
 * "Never", in fields where legacy clients expect a timestamp instead of null (docs/reference/http.md#json-of-answers).
 */
export const ZERO_TIME = '0001-01-01T00:00:00.000Z';
