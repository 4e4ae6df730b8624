import type { Shortage } from '../door/budget.js';
import { ProtocolError } from './protocol-error.js';

/** Seconds after which a refused caller may try again: requests are short. */
export const RETRY_AFTER = 1;

/** 429 when the caller alone has too much under way, 503 when all callers together have; both with `Retry-After`. */
export function overloaded(shortage: Shortage, what: string): ProtocolError {
  return shortage === 'caller'
    ? new ProtocolError(
        429,
        `429: Too Many Requests\n\nthis caller has too many ${what} under way, try again`,
        RETRY_AFTER,
      )
    : new ProtocolError(503, `503: Service Unavailable\n\ntoo many ${what} are under way, try again`, RETRY_AFTER);
}
