import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing, NamedKey } from './key-ring.js';

/**
 * An encrypted text in a stored document, in place of the text: an object, so that no text that a caller sends can be
 * mistaken for one.
 */
export interface Envelope {
  /** Nonce (12 bytes), ciphertext and tag (16 bytes) of AES-256-GCM, in base64. */
  readonly sealed: string;
  /** Id of the key. */
  readonly key: string;
}

/** Where a secret stands. It is authenticated with the secret, which cannot be moved to another place therefore. */
export interface Place {
  readonly table: string;
  readonly id: string;
  readonly field: string;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { sealed, key } = value as Partial<Envelope>;
  return typeof sealed === 'string' && typeof key === 'string';
}

/** Encrypts `text` for its place, each time with a new random nonce; as JSON, which keeps halves of surrogate pairs. */
export function seal({ id, key }: NamedKey, place: Place, text: string): Envelope {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(additional(place));
  const bytes = [nonce, cipher.update(JSON.stringify(text), 'utf8'), cipher.final(), cipher.getAuthTag()];
  return { sealed: Buffer.concat(bytes).toString('base64'), key: id };
}

/** The text of an envelope. Throws an Error that says why it cannot be had. */
export function open(ring: KeyRing, place: Place, envelope: Envelope): string {
  const named = ring.find(envelope.key);
  if (named === undefined) throw new Error(`it is encrypted with key ${envelope.key}, which this server does not have`);
  const bytes = Buffer.from(envelope.sealed, 'base64');
  try {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, named.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additional(place)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8')) as string;
  } catch {
    throw new Error('it was changed in the database, or copied there from another document or field');
  }
}

const additional = ({ table, id, field }: Place): Buffer => Buffer.from(JSON.stringify([table, id, field]));
