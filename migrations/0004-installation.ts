import type { Migration } from '../src/platform/store/migration/migration.js';

/** Adds the identity of the database: one document, created by the first server that starts on it. */
export const installation: Migration = { version: 4, name: 'installation', tables: ['installation'] };
