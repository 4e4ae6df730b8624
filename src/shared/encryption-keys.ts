import { createHmac, randomBytes } from 'node:crypto';

/** Length of an encryption key (AES-256), in bytes. */
export const KEY_BYTES = 32;

const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;

/**
 * Parses the text of a key file: one key per line in base64 or hex; empty lines and lines that begin with # are
 * skipped. The first key encrypts, all keys decrypt. Throws an Error that names the line, but never its content.
 */
export function parseKeys(text: string): readonly Buffer[] {
  const keys: Buffer[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    const key = parseKey(written);
    if (key === undefined) throw new Error(`line ${index + 1} is not a key of ${KEY_BYTES} bytes in base64 or hex`);
    if (new Set(key).size === 1)
      throw new Error(`line ${index + 1} repeats one byte ${KEY_BYTES} times, expected a random key`);
    if (keys.some((known) => known.equals(key))) throw new Error(`line ${index + 1} repeats an earlier key`);
    keys.push(key);
  }
  if (keys.length === 0) throw new Error(`it contains no key, expected ${KEY_BYTES} random bytes in base64 or hex`);
  return keys;
}

function parseKey(text: string): Buffer | undefined {
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  const key = BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
  return key?.length === KEY_BYTES ? key : undefined;
}

/** Generates a random key as a line of a key file. */
export const newKeyLine = (): string => `${randomBytes(KEY_BYTES).toString('base64')}\n`;

/** The ID of a key: a fingerprint that does not reveal the key and identifies wrong keys. */
export const keyIdOf = (key: Buffer): string =>
  createHmac('sha256', key).update('metal-api encryption key id').digest('hex').slice(0, 16);
