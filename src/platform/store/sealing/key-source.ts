import { join } from 'node:path';
import { newKeyLine, parseKeys } from '../../../shared/encryption-keys.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { createPrivateFile, readPrivateFile } from '../../files/private-file.js';

/** Source of the encryption keys. */
export interface KeySource {
  /** For messages: name of the setting or file. */
  readonly name: string;
  /** The keys, the current one first. Generates one if there is none and `create` is set. Throws `unavailable`. */
  keys(create: boolean): readonly Buffer[];
}

/** A source of keys that were already read. */
export const givenKeys = (name: string, keys: readonly Buffer[]): KeySource => ({ name, keys: () => keys });

/** Name of the generated key file in the data folder. */
export const GENERATED_KEY_FILE = 'encryption.key';

/**
 * The key file in the data folder. Generated once, readable by its owner only, and never if the database has sealed
 * data.
 */
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
