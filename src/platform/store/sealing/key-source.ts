import { join } from 'node:path';
import { newKeyLine, parseKeys } from '../../../shared/encryption-keys.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { createPrivateFile, readPrivateFile } from '../../files/private-file.js';

/** Where the encryption keys come from. */
export interface KeySource {
  /** For messages: the setting or the file. */
  readonly name: string;
  /** The keys, the current one first. Where there is none yet, one is made if `create` says so. Throws `unavailable`. */
  keys(create: boolean): readonly Buffer[];
}

/** Keys that were read already. */
export const givenKeys = (name: string, keys: readonly Buffer[]): KeySource => ({ name, keys: () => keys });

/** Name of the generated key file in the data folder. */
export const GENERATED_KEY_FILE = 'encryption.key';

/** The key file in the data folder. It is made once, for its owner only, and never when the database has data sealed. */
export function generatedKeys(dataDir: string): KeySource {
  const path = join(dataDir, GENERATED_KEY_FILE);
  const name = `key file "${path}"`;
  return {
    name,
    keys: (create) => {
      try {
        const text = readPrivateFile(path) ?? (create ? createPrivateFile(path, newKeyLine()) : undefined);
        return text === undefined ? [] : parseKeys(text);
      } catch (error) {
        throw new DomainError('unavailable', `${name}: ${(error as Error).message}`, undefined, { cause: error });
      }
    },
  };
}
