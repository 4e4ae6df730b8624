import { DomainError } from '../../../shared/errors/domain-error.js';
import type { ErrorKind } from '../../../shared/errors/domain-error.js';
import { ProtocolError } from './protocol-error.js';

/**
 * Status, and the word that starts the message (docs/reference/http.md#error-body: messages of typed errors start with
 * their type).
 */
const KINDS: Record<ErrorKind, { readonly status: number; readonly prefix?: string }> = {
  'not-found': { status: 404, prefix: 'NotFound' },
  'already-exists': { status: 409, prefix: 'Conflict' },
  conflict: { status: 409, prefix: 'Conflict' },
  malformed: { status: 400 },
  invalid: { status: 422 },
  precondition: { status: 412 },
  gone: { status: 410 },
  forbidden: { status: 403 },
  exhausted: { status: 422 },
  unavailable: { status: 503 },
  disabled: { status: 422 },
  internal: { status: 500, prefix: 'Internal' },
};

export interface HttpFailure {
  readonly status: number;
  readonly message: string;
  /** True for an unexpected error, which must be logged with its stack. */
  readonly unexpected: boolean;
}

/**
 * The status and message of `error` for clients. The text of an unexpected error is not included: it may contain
 * secrets.
 */
export function failureOf(error: unknown, requestId: string): HttpFailure {
  if (error instanceof DomainError) return { ...domainFailure(error), unexpected: false };
  const status = refusalStatus(error);
  if (status !== undefined) return { status, message: (error as Error).message, unexpected: false };
  return { status: 500, message: `Internal unexpected error, see the log for request ${requestId}`, unexpected: true };
}

function domainFailure({ kind, message }: DomainError): { status: number; message: string } {
  const { status, prefix } = KINDS[kind];
  const prefixed = prefix === undefined || message.startsWith(`${prefix} `);
  return { status, message: prefixed ? message : `${prefix} ${message}` };
}

/** The status of a refusal by the router, Fastify or Nest; undefined for anything else. */
function refusalStatus(error: unknown): number | undefined {
  if (error instanceof ProtocolError) return error.status;
  if (!(error instanceof Error)) return undefined;
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
  const code = statusCode ?? status;
  return typeof code === 'number' && code >= 400 && code < 500 ? code : undefined;
}

/**
 * The body of every error of /v1: a JSON *string* whose content is the JSON object. Go clients cannot decode anything
 * else (docs/reference/client-conventions.md#error-body).
 */
export const errorBody = (status: number, message: string): string =>
  JSON.stringify(JSON.stringify({ statuscode: status, message }));
