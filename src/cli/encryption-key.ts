import { createPrivateFile, readPrivateFile, replacePrivateFile } from '../platform/files/private-file.js';
import { keyIdOf, newKeyLine, parseKeys } from '../shared/encryption-keys.js';
import { readOptions } from './read-options.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api encryption-key --generate FILE
       metal-api encryption-key --add FILE
       metal-api encryption-key --promote FILE
       metal-api encryption-key --list FILE

Manages key files for METAL_API_ENCRYPTION_KEY_FILE. A file contains one key per line; the first one encrypts, all of
them decrypt.

--generate creates a file with one new key, readable only by its owner. An existing file is not changed.
--add appends a new key, which only decrypts for now. Distribute the file to all servers before the next step.
--promote moves the last key to the front. Distribute the file to all servers again, then run
  "metal-api rotate-encryption-key".
--list prints the IDs of the keys, never the keys.`;

const FILE = { type: 'string' } as const;
const OPTIONS = { generate: FILE, add: FILE, promote: FILE, list: FILE };

/** Runs the command, prints its output and resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  console.log(encryptionKey(args));
  return 0;
}

/** Runs the command and returns its output. Throws OptionError for invalid options, UsageError for unusable files. */
export function encryptionKey(args: readonly string[]): string {
  const chosen = Object.entries(readOptions(args, OPTIONS));
  const [action, path] = chosen[0] ?? [];
  if (chosen.length !== 1 || typeof path !== 'string' || path === '') {
    throw new OptionError('expected exactly one of --generate, --add, --promote and --list, with a file');
  }
  try {
    return action === 'generate' ? generate(path) : onFile(action as 'add' | 'promote' | 'list', path);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`"${path}": ${(error as Error).message}`);
  }
}

function generate(path: string): string {
  const line = newKeyLine();
  if (createPrivateFile(path, line) !== line) {
    throw new UsageError(`"${path}" already exists and was not changed; --add adds a key to it`);
  }
  return `${path}: ${described(line)}`;
}

function onFile(action: 'add' | 'promote' | 'list', path: string): string {
  const text = readPrivateFile(path);
  if (text === undefined) throw new UsageError(`"${path}" does not exist; --generate creates it`);
  const keys = parseKeys(text);
  if (action === 'list') return described(text);
  const next = action === 'add' ? `${text.trimEnd()}\n${newKeyLine()}` : promoted(keys);
  replacePrivateFile(path, next);
  return described(next);
}

const promoted = (keys: readonly Buffer[]): string =>
  [...keys.slice(-1), ...keys.slice(0, -1)].map((key) => `${key.toString('base64')}\n`).join('');

const described = (text: string): string =>
  parseKeys(text)
    .map((key, index) => `key ${keyIdOf(key)} ${index === 0 ? 'encrypts and decrypts' : 'decrypts'}`)
    .join('\n');
