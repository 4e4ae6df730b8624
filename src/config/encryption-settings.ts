import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseKeys } from '../shared/encryption-keys.js';
import type { Environment } from './environment.js';

/** How secrets are encrypted at rest. */
export interface EncryptionSettings {
  /** Whether secrets that are written are encrypted. What is encrypted already can be read anyway. */
  readonly enabled: boolean;
  /** 32 bytes each, the current key first; undefined = a key that is generated in the data folder. */
  readonly keys: readonly Buffer[] | undefined;
  /** Where `keys` come from, for messages. */
  readonly source: string;
  /** The key file, if one is configured. */
  readonly file: string | undefined;
}

const FILE = 'METAL_API_ENCRYPTION_KEY_FILE';

/** The key of dev mode is known, as its other keys are: replicas on one developer's machine share it. */
const DEV_KEY = createHash('sha256').update('metal-api development').digest();

/** Replicas must share the key, so that with a `shared` database it has to be configured; in dev mode it is known. */
export function encryptionSettings(env: Environment, dev: boolean, shared: boolean): EncryptionSettings {
  const enabled = env.oneOf('METAL_API_ENCRYPTION', ['on', 'off'], 'on') === 'on';
  const file = env.text(FILE);
  if (file !== undefined) return { enabled, keys: keysIn(file, env), source: `${FILE} ("${file}")`, file };
  if (!shared) return { enabled, keys: undefined, source: '', file };
  if (dev) return { enabled, keys: [DEV_KEY], source: 'dev mode', file };
  if (enabled) {
    env.violation(
      `${FILE} is not set, expected the path of a key file that all servers share: ` +
        'make one with "metal-api encryption-key --generate FILE"',
    );
  }
  return { enabled, keys: [], source: FILE, file };
}

function keysIn(file: string, env: Environment): readonly Buffer[] {
  try {
    return parseKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const hint = code === 'ENOENT' ? '; make one with "metal-api encryption-key --generate FILE"' : '';
    env.violation(`${FILE} is "${file}", which cannot be used: ${code ?? message}${hint}`);
    return [];
  }
}
