import { randomFillSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const ACCEPTED = /^[\x21-\x7e]{1,128}$/;

/** The id that the caller gave in `X-Request-Id`, or a new one (a UUIDv7, so that ids sort by time). */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : uuidv7();
}

function uuidv7(): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
