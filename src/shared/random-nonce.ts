import { randomBytes } from 'node:crypto';

/** Bytes that are drawn at once. */
const POOL = 4096;

let pool = Buffer.alloc(0);

/**
 * `count` random bytes for a nonce or an ID, which need not stay secret; at most 4096. They are drawn in large portions, because
 * a call of the generator costs more than the encryption of a short text.
 */
export function randomNonce(count: number): Buffer {
  if (pool.length < count) pool = randomBytes(POOL);
  const bytes = pool.subarray(0, count);
  pool = pool.subarray(count);
  return bytes;
}
