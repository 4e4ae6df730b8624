import { existsSync } from 'node:fs';
import type { Config } from '../config/config.js';
import type { SettingFile } from '../config/setting-files.js';
import { TOKEN_KEY_FILE } from '../platform/auth/token/token-key.js';
import { ensureFilePrivate, ensureFolderPrivate } from '../platform/files/privacy.js';
import { STORE_FOLDER } from '../platform/store/create-engine.js';
import { GENERATED_KEY_FILE } from '../platform/store/sealing/key-source.js';

/** Entries that this program creates in the data folder. */
const ENTRIES = [STORE_FOLDER, TOKEN_KEY_FILE, GENERATED_KEY_FILE];

type Say = (line: string) => void;

/**
 * For commands that read or write the data of a server: makes existing data, files with secrets that settings name, and
 * all files that the process creates from now on, accessible only to their owner. `say` is called for each change.
 * Throws `unavailable` if other users can read the data or a secret and this cannot be changed.
 */
export function restrictSecrets({ store, secretFiles }: Config, say: Say): void {
  process.umask(0o077);
  if (store.engine !== 'memory') ensureFolderPrivate(store.dataDir, ENTRIES, say);
  restrictSecretFiles(secretFiles, say);
}

/** Makes the files private. A missing file is reported where it is read. Throws `unavailable` as `restrictSecrets`. */
export function restrictSecretFiles(files: readonly SettingFile[], say: Say): void {
  for (const { name, path } of files) if (existsSync(path)) ensureFilePrivate(path, name, say);
}
