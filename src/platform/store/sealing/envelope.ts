import { createCipheriv, createDecipheriv } from 'node:crypto';
import { randomNonce } from '../../../shared/random-nonce.js';
import type { KeyRing, NamedKey } from './key-ring.js';

/**
 * An encrypted text that replaces the text in a stored document. An object, so that it cannot be confused with a text
 * sent by a client.
 */
export interface Envelope {
  /** Nonce (12 bytes), ciphertext and tag (16 bytes) of AES-256-GCM, in base64. */
  readonly sealed: string;
  /** ID of the key. */
  readonly key: string;
}

/**
 * Location of a secret. It is authenticated together with the secret, so a secret cannot be moved to another location.
 */
export interface SecretLocation {
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

/** Encrypts `text` for its location with a new random nonce. Encodes it as JSON, which preserves lone surrogates. */
export function seal({ id, key }: NamedKey, location: SecretLocation, text: string): Envelope {
  const nonce = randomNonce(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(additional(location));
  const bytes = [nonce, cipher.update(JSON.stringify(text), 'utf8'), cipher.final(), cipher.getAuthTag()];
  return { sealed: Buffer.concat(bytes).toString('base64'), key: id };
}

/** Decrypts the text of an envelope. Throws an Error with the reason if that is impossible. */
export function open(ring: KeyRing, location: SecretLocation, envelope: Envelope): string {
  const named = ring.find(envelope.key);
  if (named === undefined) throw new Error(`it is encrypted with key ${envelope.key}, which this server does not have`);
  const bytes = Buffer.from(envelope.sealed, 'base64');
  try {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, named.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(additional(location)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    return JSON.parse(text) as string;
  } catch {
    throw new Error('it was changed in the database, or copied there from another document or field');
  }
}

const additional = ({ table, id, field }: SecretLocation): Buffer => Buffer.from(JSON.stringify([table, id, field]));
