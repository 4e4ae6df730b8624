import type { Migration } from '../src/platform/store/migration/migration.js';

/** Adds the table of the waiting list for allocations of many. */
export const waitingList: Migration = {
  version: 8,
  name: 'waiting-list',
  tables: ['allocationwait'],
};
