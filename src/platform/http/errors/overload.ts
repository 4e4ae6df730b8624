import type { Shortage } from '../admission/fair-share-limit.js';
import { ProtocolError } from './protocol-error.js';

/** Time after which a refused caller may retry, in seconds: requests are short. */
export const RETRY_AFTER = 1;

/** 429 if a single caller exceeds its share, 503 if all callers together exceed the limit; both with `Retry-After`. */
export function overloaded(shortage: Shortage, what: string): ProtocolError {
  return shortage === 'caller'
    ? new ProtocolError(
        429,
        `429: Too Many Requests\n\nthis caller has too many ${what} in progress, try again later`,
        RETRY_AFTER,
      )
    : new ProtocolError(
        503,
        `503: Service Unavailable\n\ntoo many ${what} are in progress, try again later`,
        RETRY_AFTER,
      );
}
