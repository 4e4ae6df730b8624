import type { Migration } from '../src/platform/store/migration/migration.js';

/** The identity of the database: one document, made by the first server that starts on it. */
export const installation: Migration = { version: 4, name: 'installation', tables: ['installation'] };
