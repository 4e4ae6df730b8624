import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { ensureFilePrivate } from '../../platform/files/privacy.js';

export interface HostKey {
  /** In OpenSSH's or PEM format: a secret. */
  readonly key: string;
  /** As `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
}

const FILE = 'console-host.key';

/**
 * Reads the host key from `file`, or from the data folder, where it is generated at the first start. Makes it private (0600);
 * throws when that is impossible, or when it is not a private key.
 */
export function loadHostKey(file: string | undefined, dataDir: string, say: (line: string) => void): HostKey {
  const path = file ?? join(dataDir, FILE);
  if (file === undefined) generateOnce(dataDir, path, say);
  ensureFilePrivate(path, 'host key of the console', say);
  const key = readFileSync(path, 'utf8');
  const one = privateKeyIn(key);
  if (!one)
    throw new Error(`${path} is not a private key without passphrase that SSH servers use, expected one of ssh-keygen`);
  return { key, fingerprint: fingerprintOf(one.getPublicSSH()) };
}

/** Attempts to generate a host key that can be read. */
const ATTEMPTS = 20;

/**
 * Generates a private key. About one in 300 keys of the library is malformed; neither the library nor OpenSSH can read it. Throws
 * Error if it generates no other.
 */
export function newHostKey(): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private;
    if (privateKeyIn(key)) return key;
  }
  throw new Error(`none of ${ATTEMPTS} generated host keys can be read`);
}

function privateKeyIn(text: string): ParsedKey | undefined {
  const parsed: unknown = ssh2.utils.parseKey(text);
  const found: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  const key = found instanceof Error ? undefined : (found as ParsedKey | undefined);
  return key?.isPrivateKey() === true ? key : undefined;
}

export const fingerprintOf = (publicKey: Buffer): string =>
  `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;

/** Appears under its name when it is complete; the first of several processes wins. */
function generateOnce(dataDir: string, path: string, say: (line: string) => void): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (exists(path)) return;
  const draft = `${path}.${process.pid}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, newHostKey());
    fsyncSync(handle);
    linkSync(draft, path);
    say(`generated the host key ${path}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(handle);
    unlinkSync(draft);
  }
}

function exists(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
