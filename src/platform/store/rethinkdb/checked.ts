import type { RDatum, WriteResult } from 'rethinkdb-ts';
import type { Query } from './query.js';
import { WriteRefused } from './failures.js';

/** The query, failing when the server refused it for a document. */
export const checked = (query: RDatum<WriteResult>): Query<WriteResult> => ({
  run: async (connection) => {
    const result = await query.run(connection);
    if (result.errors > 0) throw new WriteRefused(result.first_error ?? 'the database refused a write');
    return result;
  },
});
