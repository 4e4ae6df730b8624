import type { Content, Document } from '../table.js';

/** The stored data as a migration sees it. */
export interface StoredData {
  /**
   * Changes every document of a table, each by a compare-and-set of its own; resolves with how many it changed.
   * `change` must be pure, and must return the same object for a document that has the new form already, so that a
   * migration that was interrupted can be run again.
   */
  rewrite(table: string, change: (document: Document) => Content<Document>): Promise<number>;
}

/**
 * One step of the schema, up only. It may be run again after an interruption, and while servers of the version before
 * are still running, so it must leave data that those can read.
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

/** Where it is recorded which migrations were carried out; the id of a record is the version in four digits. */
export const MIGRATION_TABLE = 'migration';

export const recordId = (version: number): string => String(version).padStart(4, '0');

/** Throws when versions are not ascending from 1 without a gap: two branches have taken the same number. */
export function checkOrder(migrations: readonly Migration[]): void {
  for (const [index, { version, name }] of migrations.entries()) {
    if (version !== index + 1) throw new Error(`migration "${name}" has version ${version}, expected ${index + 1}`);
  }
}
