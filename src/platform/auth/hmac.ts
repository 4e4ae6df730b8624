import { createHmac, randomInt } from 'node:crypto';
import { formatSecond } from './rfc3339.js';
import type { Role } from './role.js';

/**
 * The `Authorization` schemes of the shared secrets (docs/reference/authentication.md#hmac-scheme), by the role they
 * grant.
 */
export const HMAC_TYPES = {
  viewer: 'Metal-View',
  editor: 'Metal-Edit',
  admin: 'Metal-Admin',
} as const satisfies Record<Role, string>;

export type HmacType = (typeof HMAC_TYPES)[Role];

/**
 * The signed parts of a request. Path, query and body are not among them: the signature scheme does not include them.
 */
export interface Signable {
  /** The instant in UTC with whole seconds, `2026-01-02T03:04:05Z`. */
  readonly date: string;
  readonly method: string;
  /** One character per byte (latin1), as in header values provided by Node.js. */
  readonly salt: string;
}

/** Lower-case hex HMAC-SHA256 over date, method and salt, joined without separators. */
export function signHmac(key: string | Buffer, { date, method, salt }: Signable): string {
  return createHmac('sha256', key).update(date).update(method).update(salt, 'latin1').digest('hex');
}

/** Headers of one request, as created by the API's clients; each call uses a fresh salt. `now` is in milliseconds. */
export function hmacHeaders(type: HmacType, key: string, method: string, now = Date.now()): Record<string, string> {
  const date = formatSecond(now);
  const salt = randomSalt();
  return {
    'X-Date': date,
    'X-Data-Salt': salt,
    Authorization: `${type} ${signHmac(key, { date, method: method.toUpperCase(), salt })}`,
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const randomSalt = (): string => Array.from({ length: 24 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
