import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const ACCEPTED = /^[\x21-\x7e]{1,128}$/;

/** The ID that the caller sent in `X-Request-Id`, or a new one (a UUIDv7, so that IDs sort by time). */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : uuidv7();
}

/** IDs of one millisecond share the random part, and are told apart by a counter (RFC 9562 §6.2). */
function uuidv7(): string {
  const now = Date.now();
  if (now !== time || count === COUNTS) begin(now);
  return prefix + (COUNTS + count++).toString(16).slice(1) + random;
}

/** Values of the counter, three hexadecimal digits. */
const COUNTS = 0x1000;

let time = -1;
let prefix = '';
let count = 0;
let random = '';

/** The random part is that of a UUIDv4, which Node.js draws in portions. */
function begin(now: number): void {
  const digits = now.toString(16).padStart(12, '0');
  time = now;
  prefix = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
  random = randomUUID().slice('00000000-0000-0000'.length);
  count = 0;
}
