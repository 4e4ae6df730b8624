import type { Connection } from 'rethinkdb-ts';
import { withDeadline } from './deadline.js';

/** What can be asked on a connection. */
export interface Query<T> {
  run(connection: Connection): Promise<T>;
}

/** Runs queries; `attempts` in the answer is 1 when no earlier attempt can have reached the database. */
export interface Runner {
  run<T>(query: Query<T>): Promise<{ readonly result: T; readonly attempts: number }>;
}

/** Runs each query once, on one connection; throws when the answer takes longer than `milliseconds`. */
export const runnerOn = (connection: Connection, milliseconds: number): Runner => ({
  run: async (query) => ({ result: await withDeadline(query.run(connection), milliseconds), attempts: 1 }),
});
