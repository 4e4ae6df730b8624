import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../config/config.js';
import { DomainError } from '../../../shared/errors/domain-error.js';

const FILE = 'api-token.key';

/**
 * The generated key in the data folder, made on first use and readable by its owner only. Server and command line may
 * both be the first: the key appears under its name complete or not at all, and only once.
 */
function keyInFolder(folder: string): string {
  const path = join(folder, FILE);
  return readKey(path) ?? createKey(folder, path);
}

function readKey(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function createKey(folder: string, path: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(path, 'utf8').trim();
}

/**
 * The key that signs the server's own API tokens: the configured one, which replicas have to share, or one in the data
 * folder. A server that keeps nothing has one that ends with the process. Throws `unavailable` when the folder cannot be
 * used.
 */
export function tokenKeyOf({ auth, store }: Pick<Config, 'auth' | 'store'>): string {
  if (auth.tokenKey !== undefined) return auth.tokenKey;
  if (store.engine === 'memory') return randomBytes(32).toString('hex');
  try {
    return keyInFolder(store.dataDir);
  } catch (error) {
    const message = `no key for API tokens in data folder "${store.dataDir}": ${(error as Error).message}`;
    throw new DomainError('unavailable', message, undefined, { cause: error });
  }
}
