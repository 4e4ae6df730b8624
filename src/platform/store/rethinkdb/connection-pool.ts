import { retry } from '../../../shared/concurrency/backoff.js';
import { concurrencyLimit } from '../../../shared/concurrency/concurrency-limit.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { explainFailure, isTransient, reasonOf } from './failures.js';
import type { IdentityGuard } from './identity-guard.js';
import { PooledConnection, type DatabaseEndpoint } from './pooled-connection.js';
import type { Query, Runner } from './query.js';

/** Timeout of one attempt of a query, in milliseconds. */
const ATTEMPT_MS = 10_000;
/** How long a call retries, in milliseconds: longer than a restart of the database takes. */
const CALL_MS = 20_000;
const CONNECTIONS = 4;
/** Maximum number of queries in flight, on all connections together. */
const IN_FLIGHT = 256;

/**
 * A few connections, used round robin (each carries many queries concurrently), and one more for change feeds. Queries
 * are retried while the database does not respond, so every query must be safe to repeat; see `writes.ts`.
 */
export class ConnectionPool implements Runner {
  private readonly connections: readonly PooledConnection[];
  readonly feeds: PooledConnection;
  private readonly limit = concurrencyLimit(IN_FLIGHT);
  private turn = 0;

  constructor(
    private readonly endpoint: DatabaseEndpoint,
    private readonly guard: IdentityGuard,
  ) {
    this.connections = Array.from({ length: CONNECTIONS }, () => new PooledConnection(endpoint, guard.admit));
    this.feeds = new PooledConnection(endpoint, guard.admit);
  }

  /**
   * Runs a query until it succeeds. Throws `unavailable` if that takes longer than the call timeout; a write may or may
   * not have happened then. `attempts` in the result is 1 if no earlier attempt can have reached the database.
   */
  async run<T>(query: Query<T>): Promise<{ readonly result: T; readonly attempts: number }> {
    const giveUp = Date.now() + CALL_MS;
    const here = this.guard.bind(query);
    try {
      return await retry(async (attempts) => ({ result: await this.attempt(here), attempts }), {
        base: 20,
        cap: 500,
        keepsAlive: true, // even if the process has nothing else to do
        isRetryable: (error) => isTransient(error) && Date.now() <= giveUp,
      });
    } catch (error) {
      throw isTransient(error) ? noAnswer(error) : explainFailure(error, this.endpoint);
    }
  }

  /** A single attempt, for probes that must respond quickly. Throws `unavailable` like `run`. */
  async once<T>(query: Query<T>): Promise<T> {
    try {
      return await this.attempt(query);
    } catch (error) {
      throw isTransient(error) ? noAnswer(error) : explainFailure(error, this.endpoint);
    }
  }

  private async attempt<T>(query: Query<T>): Promise<T> {
    const connection = this.connections[this.turn++ % CONNECTIONS] as PooledConnection;
    return this.limit(() => connection.run(query, ATTEMPT_MS));
  }

  /** Closes all connections. Queries in flight fail and are retried on new connections. */
  reset(): void {
    for (const connection of [...this.connections, this.feeds]) connection.reset();
  }

  close(): void {
    for (const connection of [...this.connections, this.feeds]) connection.close();
  }
}

const noAnswer = (cause: unknown): DomainError =>
  new DomainError('unavailable', `the database does not respond, please retry: ${reasonOf(cause)}`, undefined, {
    cause,
  });
