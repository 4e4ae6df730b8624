import { isRethinkDBError, RethinkDBErrorType } from 'rethinkdb-ts';
import { DeadlineExceeded } from './deadline.js';

const TRANSIENT: ReadonlySet<RethinkDBErrorType> = new Set([
  RethinkDBErrorType.CONNECTION,
  RethinkDBErrorType.TIMEOUT,
  RethinkDBErrorType.CANCEL,
  RethinkDBErrorType.CURSOR,
  RethinkDBErrorType.OP_FAILED,
  RethinkDBErrorType.OP_INDETERMINATE,
]);

/** Error codes of the operating system for a server that is not there (yet, or any longer). */
const NETWORK = /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND/;

/** What a server says about a table whose primary replica is starting, moving or gone. */
const UNAVAILABLE = /not available|unavailable|not ready|lost contact|interrupted|server is shutting down|try again/i;

/** A write that the server refused for a single document; it comes inside a successful answer. */
export class WriteRefused extends Error {}

/** True when the database, or a table, does not exist. */
export const isMissing = (error: unknown): boolean =>
  isRethinkDBError(error) && /(Database|Table) `[^`]*` does not exist/.test((error as Error).message);

/** True when repeating the query may help: the server did not answer, or is not able to yet. */
export function isTransient(error: unknown): boolean {
  if (error instanceof DeadlineExceeded) return true;
  if (!(error instanceof Error)) return false;
  if (isMissing(error)) return false; // the library calls it a failed operation, as it does with tables that are not ready
  if (isRethinkDBError(error) && TRANSIENT.has(error.type)) return true;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && NETWORK.test(code)) return true;
  return UNAVAILABLE.test(error.message) || isTransient(error.cause);
}
