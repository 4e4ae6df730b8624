import { UsageError } from '../../cli/usage-error.js';

/** A document of the old database: a row of a RethinkDB table, or of a PostgreSQL table by the names of its columns. */
export type OldRow = Readonly<Record<string, unknown>>;

/** Receives one row of one table. Rows are not kept by the source. */
export type RowSink = (table: string, row: OldRow) => void;

/** Reports how far reading is; in KiB for files, in rows for databases. */
export type ReadProgress = (task: string, done: number, total: number) => void;

/** Where a part of the existing installation is read from; only reads. */
export interface ImportSource {
  /** For messages, without password. */
  readonly name: string;
  /**
   * Hands every row of `tables` to `sink`, table by table, and resolves with the names of the tables that were there.
   * Throws UsageError when the source cannot be read, or is not what it should be.
   */
  read(tables: readonly string[], sink: RowSink, progress: ReadProgress): Promise<ReadonlySet<string>>;
}

/** The source cannot be read: the operator can do something about it. */
export const unreadable = (source: string, problem: string, cause?: unknown): UsageError =>
  new UsageError(`${source}: ${problem}`, { cause });

/** Longest line of a dump, in characters: far more than a machine with all its ports has, far less than memory. */
export const MAX_LINE = 64 * 1024 * 1024;

/** The rate and the rest of a file are shown in KiB. */
export const kib = (bytes: number): number => Math.ceil(bytes / 1024);
