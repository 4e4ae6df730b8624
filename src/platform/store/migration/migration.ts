import type { Content, Document } from '../table.js';

/** The stored data as a migration sees it. */
export interface StoredData {
  /**
   * Changes every document of a table, each by a separate compare-and-set. Returns the number of changed documents.
   * `change` must be pure and return the same object for a document that already has the new form, so that an
   * interrupted migration can be repeated.
   */
  rewrite(table: string, change: (document: Document) => Content<Document>): Promise<number>;
}

/**
 * One upward step of the schema. It may be repeated after an interruption and may run while servers of the previous
 * version are still running, so it must leave data that they can read.
 */
export interface Migration {
  /** The number of its file. */
  readonly version: number;
  readonly name: string;
  /** Tables and logs that the program needs from this version on. */
  readonly tables?: readonly string[];
  readonly logs?: readonly string[];
  readonly up?: (data: StoredData) => Promise<void>;
}

/** The table that records which migrations were applied; the ID of a record is the version in four digits. */
export const MIGRATION_TABLE = 'migration';

export const recordId = (version: number): string => String(version).padStart(4, '0');

/** Throws unless versions ascend from 1 without gaps: otherwise, two branches have used the same number. */
export function checkMigrationOrder(migrations: readonly Migration[]): void {
  for (const [index, { version, name }] of migrations.entries()) {
    if (version !== index + 1) throw new Error(`migration "${name}" has version ${version}, expected ${index + 1}`);
  }
}
