import type { Migration } from '../src/platform/store/migration/migration.js';

/** Signatures that were used, so that no replica takes one again, and the replicas that run. */
export const signaturesAndReplicas: Migration = {
  version: 5,
  name: 'signatures-and-replicas',
  tables: ['apireplica'],
  logs: ['signature'],
};
