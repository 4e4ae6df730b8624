import type { Migration } from '../src/platform/store/migration/migration.js';

/**
 * Which keys secrets are encrypted with. Stored secrets become encrypted with their next write; that earlier versions
 * refuse the database from here on keeps them from taking ciphertext for passwords.
 */
export const encryption: Migration = { version: 3, name: 'encryption', tables: ['encryption'] };
