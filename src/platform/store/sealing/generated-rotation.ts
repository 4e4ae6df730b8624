import { join } from 'node:path';
import { keyIdOf, newKeyLine, parseKeys } from '../../../shared/encryption-keys.js';
import { readPrivateFile, replacePrivateFile } from '../../files/private-file.js';
import { GENERATED_KEY_FILE } from './key-source.js';

const pathIn = (dataDir: string): string => join(dataDir, GENERATED_KEY_FILE);

/**
 * Puts a new key before the generated one, unless an earlier rotation has done so and was interrupted, which is then
 * continued. Only while no server runs on the data folder. Without a generated key there is nothing to do.
 */
export function beginGeneratedRotation(dataDir: string, say: (line: string) => void): void {
  const path = pathIn(dataDir);
  const text = readPrivateFile(path);
  if (text === undefined) return;
  const [first] = parseKeys(text);
  if (parseKeys(text).length > 1) return say(`the rotation to key ${keyIdOf(first!)} is continued`);
  replacePrivateFile(path, newKeyLine() + text);
}

/** Leaves the current key alone in the file: nothing is encrypted with the others any more. */
export function endGeneratedRotation(dataDir: string): void {
  const path = pathIn(dataDir);
  const [current] = parseKeys(readPrivateFile(path) ?? '');
  replacePrivateFile(path, `${current!.toString('base64')}\n`);
}
