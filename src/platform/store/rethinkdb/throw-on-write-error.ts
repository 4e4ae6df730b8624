import { WriteRefused } from './failures.js';
import type { Query } from './query.js';
import type { WriteResult } from './reql.js';

/** Wraps the query so that it throws if the server refused to write a document. */
export const throwOnWriteError = (query: Query<WriteResult>): Query<WriteResult> => ({
  run: async (connection) => {
    const result = await query.run(connection);
    if (result.errors > 0) throw new WriteRefused(result.first_error ?? 'the database refused a write');
    return result;
  },
});
