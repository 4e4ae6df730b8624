import { createHash, hash, randomBytes } from 'node:crypto';

/** Characters of a tag: 132 bits of a SHA-256. */
const LENGTH = 22;

/**
 * Mixed into every tag, so that a reader of a proxy's log cannot try out the secrets of a response. Servers
 * with the same key have the same tags.
 */
let key = randomBytes(32).toString('hex');

/** Derives the key from a secret that all replicas share. Without one, a process knows only its own tags. */
export function setTagSecret(secret: string): void {
  key = createHash('sha256').update('response tag\n').update(secret).digest('hex');
}

/**
 * The entity tag of a response with this JSON: other bytes have another one, for every caller. Weak, as it is the same for every
 * content encoding (RFC 9110 §8.8.3).
 */
export const tagOfText = (json: string): string => weak(hash('sha256', key + json, 'base64url'));

/**
 * The entity tag of a response that consists of these segments. Those that have a tag count by it, after a zero byte, which is
 * in no JSON: other segments that have the same digest would be the same bytes.
 */
export function tagOfSegments(segments: readonly (Buffer | { readonly tag: string })[]): string {
  const digest = createHash('sha256').update(key);
  for (const segment of segments) digest.update(Buffer.isBuffer(segment) ? segment : `\0${segment.tag}`);
  return weak(digest.digest('base64url'));
}

const weak = (digest: string): string => `W/"${digest.slice(0, LENGTH)}"`;

/**
 * Whether `If-None-Match` contains the tag: the caller has the response. Weak comparison; what is not a tag matches nothing.
 */
export function hasTag(header: string, tag: string): boolean {
  if (header === tag || header === '*') return true;
  const opaque = tag.slice(2);
  if (!header.includes(opaque)) return false;
  return header.split(',').some((item) => {
    const known = item.trim();
    return known === tag || known === opaque;
  });
}
