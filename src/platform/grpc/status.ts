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

/** How a failed call ends. What is no DomainError is a bug, whose details are nobody else's business. */
export function statusOf(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  if (!isDomainError(error)) return { code: status.INTERNAL, details: 'internal error' };
  return { code: CODES[error.kind], details: error.message };
}
