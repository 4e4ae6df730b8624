import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../../config/config.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { createPrivateFile, readPrivateFile } from '../../files/private-file.js';

/** Name of the generated key in the data folder. */
export const TOKEN_KEY_FILE = 'api-token.key';

/** The generated key in the data folder; created on first use by the server or the command line. */
function keyInFolder(folder: string): string {
  const path = join(folder, TOKEN_KEY_FILE);
  return (readPrivateFile(path) ?? createPrivateFile(path, `${randomBytes(32).toString('hex')}\n`)).trim();
}

/**
 * The key that signs API tokens: the configured one, which replicas must share, or the one in the data folder. A server
 * without storage has a key that ends with the process. Throws `unavailable` if the data folder cannot be used.
 */
export function tokenKeyOf({ auth, store }: Pick<Config, 'auth' | 'store'>): string {
  if (auth.tokenKey !== undefined) return auth.tokenKey;
  if (store.engine === 'memory') return randomBytes(32).toString('hex');
  try {
    return keyInFolder(store.dataDir);
  } catch (error) {
    const message = `cannot use the key of API tokens in data folder "${store.dataDir}": ${(error as Error).message}`;
    throw new DomainError('unavailable', message, undefined, { cause: error });
  }
}
