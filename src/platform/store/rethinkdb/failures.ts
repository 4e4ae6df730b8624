import { isRethinkDBError, RethinkDBErrorType } from 'rethinkdb-ts';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { DeadlineExceeded } from './deadline.js';
import { tlsProblemOf } from './tls-failure.js';

const TRANSIENT: ReadonlySet<RethinkDBErrorType> = new Set([
  RethinkDBErrorType.CONNECTION,
  RethinkDBErrorType.TIMEOUT,
  RethinkDBErrorType.CANCEL,
  RethinkDBErrorType.CURSOR,
  RethinkDBErrorType.OP_FAILED,
  RethinkDBErrorType.OP_INDETERMINATE,
]);

/** Error codes of the operating system for an unreachable server. */
const NETWORK = /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND/;

/**
 * Messages of a server about a table whose primary replica is starting, moving or gone. A refused write has no type, and a
 * write that fails while the server looks up the hook of its table is called an internal error, so the message alone tells.
 */
const UNAVAILABLE =
  /not available|unavailable|unreachable|none of the servers were accessible|not ready|lost contact|currently changing|quorum|interrupted|server is shutting down|try again/i;

/** A write that the server refused for a single document; reported inside a successful response. */
export class WriteRefused extends Error {}

/** User and server of a query, for messages about a database that refuses it. */
export interface QueryOrigin {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** True if the database, or a table, does not exist. */
export const isMissing = (error: unknown): boolean =>
  isRethinkDBError(error)
    ? /(Database|Table) `[^`]*` does not exist/.test(error.msg)
    : error instanceof DomainError && isMissing(error.cause);

/** True if retrying may help: the server did not respond, or is not ready yet. */
export function isTransient(error: unknown): boolean {
  if (error instanceof DeadlineExceeded) return true;
  if (!(error instanceof Error)) return false;
  if (isMissing(error)) return false; // reported as a failed operation, like tables that are not ready
  if (isRethinkDBError(error) && TRANSIENT.has(error.type)) return true;
  if (isRethinkDBError(error) && error.type === RethinkDBErrorType.AUTH) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && NETWORK.test(code)) return true;
  return UNAVAILABLE.test(error.message) || isTransient(error.cause);
}

/**
 * Converts problems that an operator has to fix before the database serves this process into a descriptive
 * `unavailable`; returns any other error unchanged.
 */
export function explainFailure(error: unknown, origin: QueryOrigin): unknown {
  const text = tlsProblemOf(error, nameOf(origin)) ?? (isRethinkDBError(error) ? problemOf(error, origin) : undefined);
  return text === undefined ? error : new DomainError('unavailable', text, undefined, { cause: error });
}

const nameOf = ({ host, port }: QueryOrigin): string => `the database at ${host}:${port}`;

function problemOf(error: Error, origin: QueryOrigin): string | undefined {
  const reason = reasonOf(error);
  const [database, { user }] = [nameOf(origin), origin];
  if (isMissing(error)) {
    return `${database} is empty or was never set up (${reason}): start it on its own data folder, or run "metal-api migrate" if it is new`;
  }
  switch ((error as Error & { type?: RethinkDBErrorType }).type) {
    case RethinkDBErrorType.AUTH:
      return `${database} refuses user "${user}" (${reason}): check METAL_API_DB_USER and METAL_API_DB_PASSWORD, and that the database runs on its own data folder; a new database, or a new password, needs "metal-api migrate" as its administrator`;
    case RethinkDBErrorType.PERMISSION_ERROR:
      return `${database} denies user "${user}" a required permission (${reason}): run "metal-api migrate" as its administrator`;
    default:
      return undefined;
  }
}

/** The reason on one line, without the query that the library appends to its messages. */
export function reasonOf(error: unknown): string {
  const text = isRethinkDBError(error) ? error.msg : error instanceof Error ? error.message : String(error);
  return text
    .replace(/\s+/g, ' ')
    .replace(/( in:|[.:])$/, '')
    .trim();
}
