import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const ACCEPTED = /^[\x21-\x7e]{1,128}$/;

/** The id that the caller gave in `X-Request-Id`, or a new one (a UUIDv7, so that ids sort by time). */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : uuidv7();
}

/** Time, then the random part of a UUIDv4: Node draws those in blocks, which costs next to nothing for each. */
function uuidv7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
