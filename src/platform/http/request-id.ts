import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const ACCEPTED = /^[\x21-\x7e]{1,128}$/;

/** The ID that the caller sent in `X-Request-Id`, or a new one (a UUIDv7, so that IDs sort by time). */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : uuidv7();
}

/** Time, followed by the random part of a UUIDv4: Node.js generates those in blocks, which is very cheap. */
function uuidv7(): string {
  const now = Date.now();
  if (now !== time) {
    time = now;
    const digits = now.toString(16).padStart(12, '0');
    prefix = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
  }
  return prefix + randomUUID().slice(15);
}

/** Of the last ID: under load, many are created in the same millisecond. */
let time = -1;
let prefix = '';
