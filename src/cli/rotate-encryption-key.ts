import { existsSync } from 'node:fs';
import { sleep } from '../shared/concurrency/timers.js';
import { loadConfig } from '../config/config.js';
import type { Config } from '../config/config.js';
import { keyedRequestTable } from '../platform/idempotency/keyed-request.table.js';
import { bmcTable, machineTable } from '../modules/machine/machine.table.js';
import { waitEntryTable } from '../modules/machine/waiting-list/wait-entry.table.js';
import { createBareEngine, keySourceOf, storeFolder } from '../platform/store/create-engine.js';
import { compactDatabase } from '../platform/store/embedded/database.js';
import type { Engine } from '../platform/store/engine.js';
import { beginGeneratedRotation, endGeneratedRotation } from '../platform/store/sealing/generated-rotation.js';
import {
  admitKeys,
  ENCRYPTION_TABLE,
  registeredKeys,
  retireOtherKeys,
} from '../platform/store/sealing/key-register.js';
import type { KeyRing } from '../platform/store/sealing/key-ring.js';
import { rotateSecrets } from '../platform/store/sealing/rotation.js';
import { migrateAtStart } from './migrate.js';
import { restrictSecrets } from './restrict-secrets.js';
import { ProgressReporter, type ProgressOutput } from './progress-reporter.js';
import { readOptions } from './read-options.js';
import { UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api rotate-encryption-key [--discard-unreadable]

Re-encrypts all stored secrets with the current key: the first one in METAL_API_ENCRYPTION_KEY_FILE, or a new one that
replaces the generated key in the data folder. With METAL_API_ENCRYPTION=off it decrypts all secrets instead.
With RethinkDB, servers may keep running; distribute the new key to all of them first (metal-api encryption-key). With
the embedded database, stop the server first. May be interrupted and run again. Exits with 1 if it must be run again.

--discard-unreadable replaces secrets that no key decrypts with empty ones and lists them; use it if a key is lost.`;

/** All tables that declare secrets. */
export const SECRET_TABLES = [machineTable, bmcTable, keyedRequestTable, waitEntryTable] as const;

const SECRETS = Object.fromEntries(SECRET_TABLES.map(({ name, secrets = [] }) => [name, secrets]));

/** Runs the command; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args, { 'discard-unreadable': { type: 'boolean', default: false } });
  const config = loadConfig();
  restrictSecrets(config, console.error);
  return rotateEncryptionKey(config, options['discard-unreadable'], process.stdout);
}

/** Runs the command and writes its output to `out`. Throws UsageError if the database has no secrets to rotate. */
export async function rotateEncryptionKey(config: Config, discard: boolean, out: ProgressOutput): Promise<number> {
  const { store } = config;
  if (store.engine === 'memory') throw new UsageError('METAL_API_DB is "memory": nothing is stored');
  if (store.engine === 'embedded' && !existsSync(storeFolder(store.dataDir))) {
    throw new UsageError(`there is no database in data folder "${store.dataDir}"`);
  }
  const say = (line: string): void => void out.write(`${line}\n`);
  await migrateAtStart(config, (line) => say(`migration: ${line}`));
  const engine = createBareEngine(store, say);
  await engine.open({ tables: [...Object.keys(SECRETS), ENCRYPTION_TABLE], logs: [] });
  try {
    if (!(await rotate(engine, config, discard, out, say))) return 1;
  } finally {
    await engine.close();
  }
  if (store.engine === 'embedded') await compactDatabase(storeFolder(store.dataDir));
  return 0;
}

const STILL_IN_USE =
  'servers still encrypt with another key: give every server the new key file, restart it, then rerun this command';

/** Milliseconds that servers have to report that they still use an older key, and the poll interval. */
const OBJECTION_MS = 3_000;
const LOOK_MS = 200;

/** Whether a server still encrypts with an older key: such a server records its key again once it sees it retired. */
async function isUsedAgain(engine: Engine, kept: string | undefined): Promise<boolean> {
  for (let waited = 0; waited < OBJECTION_MS; waited += LOOK_MS) {
    await sleep(LOOK_MS, { keepsAlive: true });
    if ((await registeredKeys(engine)).some((id) => id !== kept)) return true;
  }
  return false;
}

async function rotate(
  engine: Engine,
  { store }: Config,
  discard: boolean,
  out: ProgressOutput,
  say: (line: string) => void,
): Promise<boolean> {
  const { enabled, keys } = store.encryption;
  const generated = keys === undefined && enabled;
  await admitKeys(engine, keySourceOf(store), { encrypting: false, lossy: discard }); // before changing the file
  if (generated) beginGeneratedRotation(store.dataDir, say);
  const ring = await admitKeys(engine, keySourceOf(store), { encrypting: enabled, lossy: discard });
  say(intention(ring, enabled));
  const progress = new ProgressReporter(out);
  const { rewritten, complete } = await rotateSecrets(engine, SECRETS, ring, {
    plain: !enabled,
    progress: (table, done, total) => progress.update(table, done, total),
    ...(discard && { discard: (message: string) => say(`discarded: ${message}`) }),
  });
  say(`${rewritten} documents rewritten`);
  if (!complete) {
    say(STILL_IN_USE);
    return false;
  }
  const kept = enabled ? ring.current?.id : undefined;
  const retired = await retireOtherKeys(engine, kept);
  if (retired.length > 0 && store.engine === 'rethinkdb' && (await isUsedAgain(engine, kept))) {
    say(STILL_IN_USE);
    return false;
  }
  for (const id of retired) {
    say(`key ${id} is no longer in use; keep it as long as you keep backups from before this rotation`);
  }
  if (generated) endGeneratedRotation(store.dataDir);
  return true;
}

function intention({ current }: KeyRing, enabled: boolean): string {
  if (!enabled) return 'METAL_API_ENCRYPTION is "off": secrets are decrypted and stored as plain texts';
  if (current === undefined) throw new UsageError('there is no key to encrypt with');
  return `the current key is ${current.id}`;
}
