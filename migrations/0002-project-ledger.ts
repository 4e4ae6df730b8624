import type { Migration } from '../src/platform/store/migration/migration.js';

/** Adds the ledger of project creations per tenant, which enforces project quotas across replicas. */
export const projectLedger: Migration = { version: 2, name: 'project-ledger', tables: ['projectledger'] };
