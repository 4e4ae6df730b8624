import type { OperationOptions } from '../http/operation.js';
import { isSafeMethod } from './hmac-authenticator.js';

/** Most calls that are excluded from the audit trail only search; those that write declare it. */
export function writes(operation: OperationOptions | undefined, method: string): boolean {
  if (operation === undefined || isSafeMethod(method)) return false;
  return operation.audit !== 'exclude' || operation.writes === true;
}
