import { quoted } from '../text.js';

/** The closed list of reasons for which a use case refuses or fails (design §10). */
export type ErrorKind =
  | 'not-found'
  | 'already-exists'
  | 'conflict'
  | 'malformed'
  | 'invalid'
  | 'precondition'
  | 'forbidden'
  | 'exhausted'
  | 'unavailable'
  | 'disabled'
  | 'internal';

/**
 * The only error that use cases throw. Two tables translate the kind, one to HTTP (`platform/http`), one to gRPC
 * (`platform/grpc`). Kinds and their meaning for a client of /v1 (reference/40 §1.5):
 *
 * - `not-found` 404: the entity, or one that the request refers to, does not exist
 * - `already-exists` 409: the key is taken
 * - `conflict` 409: somebody else changed the entity, or a resource is held by another owner
 * - `malformed` 400: the request itself is wrong, whatever the stored state is
 * - `invalid` 422: a rule refuses the request
 * - `precondition` 412: the version that the client sent is outdated
 * - `forbidden` 403
 * - `exhausted` 422: a pool or a network has nothing left; retrying later may help (docs/adr/0013)
 * - `unavailable` 503: a part this process depends on (database, broker) does not answer
 * - `disabled` 422: a feature that is not configured (docs/adr/0013)
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

/** True when `error` is a DomainError of one of the given kinds (of any kind when none is given). */
export function isDomainError(error: unknown, ...kinds: ErrorKind[]): error is DomainError {
  return error instanceof DomainError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** 404 for the entity `what` with the key `id`, both of which are in its details. */
export const notFound = (what: string, id: string): DomainError =>
  new DomainError(
    'not-found',
    id === '' ? `no ${what} found, the id is empty` : `no ${what} with id ${quoted(id)} found`,
    { what, id },
  );

/** 400: the request is wrong in itself. */
export const malformed = (message: string): DomainError => new DomainError('malformed', message);

/** 422: a rule refuses the request. */
export const invalid = (message: string): DomainError => new DomainError('invalid', message);

/** 422: the feature is not configured; `setting` is the environment variable that would turn it on. */
export const disabled = (setting: string): DomainError =>
  new DomainError('disabled', `this feature is currently disabled, ${setting} turns it on`);
