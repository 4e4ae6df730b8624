import { setTimeout as pause } from 'node:timers/promises';
import { backoff } from '../../../shared/async.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { inWords, isTransient, reasonOf } from './failures.js';
import type { Guard } from './guard.js';
import { Lane, type Endpoint } from './lane.js';
import type { Query, Runner } from './query.js';
import { Slots } from './slots.js';

/** How long one attempt of a query may take, in milliseconds. */
const ATTEMPT_MS = 10_000;
/** How long a call goes on trying, in milliseconds: longer than a restart of the database takes. */
const CALL_MS = 20_000;
const LANES = 4;
/** How many queries may be under way at once, on all connections. */
const IN_FLIGHT = 256;

/**
 * A few connections, used round robin (each carries many queries at once), and one more for change feeds. Queries are
 * repeated while the database does not answer, so every query must be safe to repeat; see `writes.ts`.
 */
export class Connections implements Runner {
  private readonly lanes: readonly Lane[];
  readonly feeds: Lane;
  private readonly slots = new Slots(IN_FLIGHT);
  private turn = 0;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly guard: Guard,
  ) {
    this.lanes = Array.from({ length: LANES }, () => new Lane(endpoint, guard.admit));
    this.feeds = new Lane(endpoint, guard.admit);
  }

  /**
   * Runs a query until it is answered. Throws `unavailable` when that takes longer than a call may; then a write may or
   * may not have happened. `attempts` in the answer is 1 when no earlier attempt can have reached the database.
   */
  async run<T>(query: Query<T>): Promise<{ readonly result: T; readonly attempts: number }> {
    const giveUp = Date.now() + CALL_MS;
    const here = this.guard.bind(query);
    for (let attempts = 1; ; attempts++) {
      try {
        return { result: await this.attempt(here), attempts };
      } catch (error) {
        if (!isTransient(error)) throw inWords(error, this.endpoint);
        if (Date.now() > giveUp) throw noAnswer(error);
        await pause(backoff(attempts, 10, 500)); // keeps a process alive that has nothing else to do
      }
    }
  }

  /** One attempt, for probes that must answer quickly. Throws `unavailable` like `run`. */
  async once<T>(query: Query<T>): Promise<T> {
    try {
      return await this.attempt(query);
    } catch (error) {
      throw isTransient(error) ? noAnswer(error) : inWords(error, this.endpoint);
    }
  }

  private async attempt<T>(query: Query<T>): Promise<T> {
    const lane = this.lanes[this.turn++ % LANES] as Lane;
    return this.slots.use(() => lane.run(query, ATTEMPT_MS));
  }

  /** Closes every connection; what runs on them fails, and is repeated on new ones. */
  reset(): void {
    for (const lane of [...this.lanes, this.feeds]) lane.reset();
  }

  close(): void {
    for (const lane of [...this.lanes, this.feeds]) lane.close();
  }
}

const noAnswer = (cause: unknown): DomainError =>
  new DomainError('unavailable', `the database does not answer, please retry: ${reasonOf(cause)}`, undefined, {
    cause,
  });
