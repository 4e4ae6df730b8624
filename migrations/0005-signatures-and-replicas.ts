import type { Migration } from '../src/platform/store/migration/migration.js';

/** Adds the log of used signatures, so that all replicas reject replays, and the table of running replicas. */
export const signaturesAndReplicas: Migration = {
  version: 5,
  name: 'signatures-and-replicas',
  tables: ['apireplica'],
  logs: ['signature'],
};
