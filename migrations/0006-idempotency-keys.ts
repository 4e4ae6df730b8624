import type { Migration } from '../src/platform/store/migration/migration.js';

/** Adds the table of requests with idempotency keys. */
export const idempotencyKeys: Migration = {
  version: 6,
  name: 'idempotency-keys',
  tables: ['keyedrequest'],
};
