import type { Migration } from '../src/platform/store/migration/migration.js';

/** Projects on their way, by tenant: quotas for projects hold over all replicas. */
export const projectLedger: Migration = { version: 2, name: 'project-ledger', tables: ['projectledger'] };
