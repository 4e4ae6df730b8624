import { status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import type { ErrorKind } from '../../shared/errors/domain-error.js';

/**
 * Never UNIMPLEMENTED: installers interpret it as an incompatible server and reboot the machine
 * (docs/reference/grpc.md#listener-and-tls).
 */
const CODES: Readonly<Record<ErrorKind, status>> = {
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  conflict: status.ABORTED,
  malformed: status.INVALID_ARGUMENT,
  invalid: status.FAILED_PRECONDITION,
  precondition: status.FAILED_PRECONDITION,
  gone: status.OUT_OF_RANGE,
  forbidden: status.PERMISSION_DENIED,
  exhausted: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  disabled: status.FAILED_PRECONDITION,
  internal: status.INTERNAL,
};

/** Clients reject trailers of more than 8 KiB, and percent-encoding expands a character to up to nine bytes. */
const MAX_DETAILS = 800;

/** Lone surrogates, e.g. after truncating a text within a character. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The status of a failed call. Errors other than DomainErrors are bugs, whose details are only logged. */
export function statusOf(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  if (!isDomainError(error)) return { code: status.INTERNAL, details: 'internal error' };
  return { code: CODES[error.kind], details: sendable(error.message) };
}

/** The library percent-encodes details, which throws for lone surrogates, and then the call never ends. */
function sendable(details: string): string {
  const text = details.length > MAX_DETAILS ? `${details.slice(0, MAX_DETAILS)}…` : details;
  return text.replace(LONE_SURROGATE, '\ufffd');
}
