import { quoteText } from '../text.js';

/** The closed list of error kinds of use cases (docs/concepts/design.md#errors). */
export type ErrorKind =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'malformed'
  | 'invalid'
  | 'precondition'
  | 'gone'
  | 'forbidden'
  | 'exhausted'
  | 'unavailable'
  | 'disabled'
  | 'internal';

/**
 * The only error that use cases throw. Two tables map the kind, one to HTTP (`platform/http`), one to gRPC
 * (`platform/grpc`). Kinds and their meaning for a client of /v1 (docs/reference/http.md#error-body):
 *
 * - `not-found` 404: the entity, or one that the request refers to, does not exist
 * - `already-exists` 409: the key is in use
 * - `conflict` 409: the entity was modified concurrently, or a resource is held by another owner
 * - `malformed` 400: the request is invalid regardless of the stored state
 * - `invalid` 422: a rule refuses the request
 * - `precondition` 412: the version that the client sent is outdated
 * - `gone` 410: what the client wants to continue is no longer kept, it has to begin again
 * - `forbidden` 403
 * - `exhausted` 422: a pool or network is exhausted; retrying later may help (docs/adr/0013)
 * - `unavailable` 503: a dependency of this process (database, broker) does not respond
 * - `disabled` 422: the feature is not configured (docs/adr/0013)
 * - `internal` 500
 */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly details?: Readonly<Record<string, unknown>>,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'DomainError';
  }
}

/** Whether `error` is a DomainError of one of the given kinds (any kind if none is given). */
export function isDomainError(error: unknown, ...kinds: ErrorKind[]): error is DomainError {
  return error instanceof DomainError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** 404 for the entity `what` with the ID `id`; both are in the details. */
export const notFound = (what: string, id: string): DomainError =>
  new DomainError(
    'not-found',
    id === '' ? `no ${what} found, the id is empty` : `no ${what} with id ${quoteText(id)} found`,
    { what, id },
  );

/** 400: the request is invalid regardless of the stored state. */
export const malformed = (message: string): DomainError => new DomainError('malformed', message);

/** 422: a rule refuses the request. */
export const invalid = (message: string): DomainError => new DomainError('invalid', message);

/** 422: the feature is not configured; `setting` is the environment variable that enables it. */
export const disabled = (setting: string): DomainError =>
  new DomainError('disabled', `this feature is currently disabled, set ${setting} to enable it`);
