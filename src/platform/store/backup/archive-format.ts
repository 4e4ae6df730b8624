import { DomainError } from '../../../shared/errors/domain-error.js';
import type { SavedKind } from '../saved-state.js';

/**
 * A backup is gzipped text: a line with the header, one line for each state, a line with the totals. A state is
 * `<kind> <table or log> <JSON>`, where a later state of an ID replaces an earlier one. The totals end with the SHA-256
 * of all lines before them, so that a cut archive never looks complete (docs/adr/0022-backup.md#archive-and-restore).
 */
export const FORMAT_NAME = 'metal-api backup';
export const FORMAT_VERSION = 1;

/** What an archive says of itself before its states. */
export interface ArchiveHeader {
  readonly format: typeof FORMAT_NAME;
  readonly version: number;
  /** When it was begun: ISO 8601, UTC. */
  readonly created: string;
  /** Version of the program that wrote it. */
  readonly program: string;
  /** The engine that it was taken from. */
  readonly engine: string;
  /** The installation, as in the identity document; null if the database had none yet. */
  readonly installation: { readonly uuid: string; readonly epoch: number } | null;
  /** Number of the last migration that the data has gone through. */
  readonly schema: number;
  /** IDs of the keys that secrets are encrypted with; empty if they are plain texts. */
  readonly keys: readonly string[];
  /** Number of states, roughly. */
  readonly estimate: number;
}

/** How many states of each kind an archive contains. */
export type ArchiveCounts = Readonly<Record<SavedKind, number>>;

export interface ArchiveTotals extends ArchiveCounts {
  readonly sha256: string;
}

export const KIND_CODES: Readonly<Record<SavedKind, string>> = { document: 'd', removal: 'r', entry: 'l' };
export const TOTALS_CODE = 'end';

/** Longer lines are not documents, in bytes. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** An archive that must not be used; the message says what is wrong with it. */
export class BadArchive extends DomainError {
  constructor(message: string, cause?: unknown) {
    super('precondition', message, undefined, { cause });
  }
}
