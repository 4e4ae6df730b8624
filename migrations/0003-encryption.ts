import type { Migration } from '../src/platform/store/migration/migration.js';

/**
 * Adds the table of encryption keys in use. Stored secrets are encrypted on their next write. From here on, earlier
 * versions refuse the database; otherwise they would use ciphertext as passwords.
 */
export const encryption: Migration = { version: 3, name: 'encryption', tables: ['encryption'] };
