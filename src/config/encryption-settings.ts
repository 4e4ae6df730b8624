import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseKeys } from '../shared/encryption-keys.js';
import type { Environment } from './environment.js';

/** Settings of the encryption of secrets at rest. */
export interface EncryptionSettings {
  /** Whether to encrypt secrets on writing. Encrypted secrets can be read in either case. */
  readonly enabled: boolean;
  /** Keys of 32 bytes, the current key first; undefined = a generated key in the data folder. */
  readonly keys: readonly Buffer[] | undefined;
  /** Source of `keys`, for messages. */
  readonly source: string;
  /** The key file, if one is configured. */
  readonly file: string | undefined;
}

const FILE = 'METAL_API_ENCRYPTION_KEY_FILE';

/** The key of dev mode is well known, like the other keys of dev mode, so that replicas share it. */
const DEV_KEY = createHash('sha256').update('metal-api development').digest();

/** Reads the settings. Replicas on a `shared` database need the same key: outside dev mode a key file is required. */
export function encryptionSettings(env: Environment, dev: boolean, shared: boolean): EncryptionSettings {
  const enabled = env.oneOf('METAL_API_ENCRYPTION', ['on', 'off'], 'on') === 'on';
  const file = env.text(FILE);
  if (file !== undefined) return { enabled, keys: keysIn(file, env), source: `${FILE} ("${file}")`, file };
  if (!shared) return { enabled, keys: undefined, source: '', file };
  if (dev) return { enabled, keys: [DEV_KEY], source: 'dev mode', file };
  if (enabled) {
    env.violation(
      `${FILE} is not set, expected the path of a key file that all servers share: ` +
        'create one with "metal-api encryption-key --generate FILE"',
    );
  }
  return { enabled, keys: [], source: FILE, file };
}

function keysIn(file: string, env: Environment): readonly Buffer[] {
  try {
    return parseKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hint = code === 'ENOENT' ? '; create one with "metal-api encryption-key --generate FILE"' : '';
    env.violation(`${FILE} is "${file}", which cannot be used: ${code ?? message}${hint}`);
    return [];
  }
}
