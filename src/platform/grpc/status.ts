import { status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import type { ErrorKind } from '../../shared/errors/domain-error.js';

/** Never UNIMPLEMENTED: installers take it for an incompatible server and reboot the machine (reference/40 §4.1). */
const CODES: Readonly<Record<ErrorKind, status>> = {
  'not-found': status.NOT_FOUND,
  'already-exists': status.ALREADY_EXISTS,
  conflict: status.ABORTED,
  malformed: status.INVALID_ARGUMENT,
  invalid: status.FAILED_PRECONDITION,
  precondition: status.FAILED_PRECONDITION,
  forbidden: status.PERMISSION_DENIED,
  exhausted: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  disabled: status.FAILED_PRECONDITION,
  internal: status.INTERNAL,
};

/** Clients refuse trailers of more than 8 KiB, and percent-encoding makes up to nine bytes of a character. */
const MAX_DETAILS = 800;

/** Half of a surrogate pair, as cutting a text in the middle of a character leaves it behind. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** How a failed call ends. What is no DomainError is a bug, whose details are for the log only. */
export function statusOf(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  if (!isDomainError(error)) return { code: status.INTERNAL, details: 'internal error' };
  return { code: CODES[error.kind], details: sendable(error.message) };
}

/** The library percent-encodes details, which throws for half characters, and then the call never ends. */
function sendable(details: string): string {
  const text = details.length > MAX_DETAILS ? `${details.slice(0, MAX_DETAILS)}…` : details;
  return text.replace(LONE_SURROGATE, '\ufffd');
}
