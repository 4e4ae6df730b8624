import type { Row } from './rows.js';

/** The kinds of conditional writes: of an absent row, of the state of a row, of the tombstone that replaces it. */
export type ConditionalWrite = 'insert' | 'replace' | 'remove';

/** A conditional write of one row. */
export interface RowWrite {
  readonly key: string;
  /** ID of the write. */
  readonly write: string;
  /** Content of the row, or of its tombstone; of a row that is changed, the fields that are. */
  readonly json: string;
  /** Names of the fields that `json` replaces or, if it lacks them, removes; undefined if it is the whole content. */
  readonly changed?: readonly string[] | undefined;
  /** The revision that the row must have; 0 for `insert`. */
  readonly revision: number;
  /** ID of the write that must have produced this revision; undefined if any may have. */
  readonly after?: string | undefined;
}

/** An error of the database, reported inside a successful response. */
export interface Refused {
  readonly error: string;
}

/** Whether a write happened, now or in an earlier attempt. If so, omits the content, which the writer knows. */
export type WriteAnswer =
  | Refused
  | { readonly happened: true; readonly revision: number; readonly writes: readonly string[] }
  /** `remembers`: for how long the row has a complete record of writes, in seconds; null if unlimited. */
  | { readonly happened: false; readonly row: Row | null; readonly remembers: number | null };
