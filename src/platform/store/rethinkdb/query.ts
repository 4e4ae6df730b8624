import type { Connection } from 'rethinkdb-ts';
import { withDatabaseDeadline } from './deadline.js';

/** A query that can be run on a connection. */
export interface Query<T> {
  run(connection: Connection): Promise<T>;
}

/** Runs queries; `attempts` in the result is 1 if no earlier attempt can have reached the database. */
export interface Runner {
  run<T>(query: Query<T>): Promise<{ readonly result: T; readonly attempts: number }>;
}

/** Runs each query once, on one connection. Throws if the response takes longer than `milliseconds`. */
export const runnerOn = (connection: Connection, milliseconds: number): Runner => ({
  run: async (query) => ({ result: await withDatabaseDeadline(query.run(connection), milliseconds), attempts: 1 }),
});
