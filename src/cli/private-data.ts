import type { Config } from '../config/config.js';
import { TOKEN_KEY_FILE } from '../platform/auth/token/token-key.js';
import { keepFilePrivate, keepFolderPrivate } from '../platform/files/privacy.js';
import { STORE_FOLDER } from '../platform/store/create-engine.js';
import { GENERATED_KEY_FILE } from '../platform/store/sealing/key-source.js';

/** What this program writes into the data folder. */
const ENTRIES = [STORE_FOLDER, TOKEN_KEY_FILE, GENERATED_KEY_FILE];

/**
 * For commands that read or write the data of a server: what the process writes from here on is for its owner only, and so
 * is made what is there already; `say` hears what was changed. Throws `unavailable` when others may read it and that
 * cannot be changed.
 */
export function keepDataPrivate({ store }: Config, say: (line: string) => void): void {
  process.umask(0o077);
  if (store.engine !== 'memory') keepFolderPrivate(store.dataDir, ENTRIES, say);
  if (store.encryption.file !== undefined) keepFilePrivate(store.encryption.file, 'key file', say);
}
