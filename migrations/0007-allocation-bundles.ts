import type { Migration } from '../src/platform/store/migration/migration.js';

/** Adds the table of allocations of many. */
export const allocationBundles: Migration = {
  version: 7,
  name: 'allocation-bundles',
  tables: ['allocationbundle'],
};
