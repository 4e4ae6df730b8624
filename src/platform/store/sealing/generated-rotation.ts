import { join } from 'node:path';
import { keyIdOf, newKeyLine, parseKeys } from '../../../shared/encryption-keys.js';
import { readPrivateFile, replacePrivateFile } from '../../files/private-file.js';
import { GENERATED_KEY_FILE } from './key-source.js';

const pathIn = (dataDir: string): string => join(dataDir, GENERATED_KEY_FILE);

/**
 * Prepends a new key to the generated key file, or continues an interrupted rotation that has already done so. No
 * server may be running on the data folder. Does nothing if there is no generated key.
 */
export function beginGeneratedRotation(dataDir: string, say: (line: string) => void): void {
  const path = pathIn(dataDir);
  const text = readPrivateFile(path);
  if (text === undefined) return;
  const [first] = parseKeys(text);
  if (parseKeys(text).length > 1) return say(`continuing the rotation to key ${keyIdOf(first!)}`);
  replacePrivateFile(path, newKeyLine() + text);
}

/** Keeps only the current key in the file: nothing is encrypted with the others any longer. */
export function endGeneratedRotation(dataDir: string): void {
  const path = pathIn(dataDir);
  const [current] = parseKeys(readPrivateFile(path) ?? '');
  replacePrivateFile(path, `${current!.toString('base64')}\n`);
}
