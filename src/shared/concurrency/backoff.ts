import { sleep } from './timers.js';
import type { TimerOptions } from './timers.js';

/** Exponential back-off with full jitter. Times in milliseconds. */
export interface BackoffOptions {
  /** Upper limit of the first delay; doubles with each attempt. Default 2, for conflicts of writes. */
  readonly base?: number;
  /** Upper limit of every delay. Default 250. */
  readonly cap?: number;
  /** What is added to every delay. Default 0. */
  readonly least?: number;
}

/** The delays between the attempts of one task: random in [least, least + min(cap, base·2^attempt)]. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly options: BackoffOptions = {},
    private readonly random: () => number = Math.random,
  ) {}

  /** Number of failed attempts since the last success. */
  get attempts(): number {
    return this.failures;
  }

  /** Counts a failed attempt; returns the delay before the next one. */
  next(): number {
    const { base = 2, cap = 250, least = 0 } = this.options;
    return least + this.random() * Math.min(cap, base * 2 ** this.failures++);
  }

  /** Counts a failed attempt and waits. */
  wait(options?: TimerOptions & { readonly signal?: AbortSignal }): Promise<void> {
    return sleep(this.next(), options);
  }

  /** The last attempt succeeded: the next delay is a first one again. */
  reset(): void {
    this.failures = 0;
  }
}

export interface RetryOptions extends BackoffOptions, TimerOptions {
  /** Maximum number of attempts; default: no maximum. */
  readonly attempts?: number;
  /** Whether another attempt may help. Called after each failed attempt, with its number from 1. */
  readonly isRetryable: (error: unknown, attempt: number) => boolean;
  /** Ends the wait before the next attempt; `retry` then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `task` until it succeeds; passes the number of the attempt, from 1. Rejects with the error of the last attempt: one
 * that is not retryable, or that of attempt number `attempts`.
 */
export async function retry<T>(task: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts = Infinity, isRetryable } = options;
  const backoff = new Backoff(options);
  for (let attempt = 1; ; attempt++) {
    try {
      return await task(attempt);
    } catch (error) {
      if (!isRetryable(error, attempt) || attempt >= attempts) throw error;
      await backoff.wait(options);
    }
  }
}
