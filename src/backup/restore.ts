import { hostname } from 'node:os';
import { UsageError } from '../cli/usage-error.js';
import type { Machine } from '../modules/machine/machine.js';
import { machineTable } from '../modules/machine/machine.table.js';
import { replicaTable } from '../modules/replica/replica.table.js';
import type { ArchiveReader } from '../platform/store/backup/archive-reader.js';
import { namesAt } from '../platform/store/backup/describe-database.js';
import { BadArchive } from '../platform/store/backup/archive-format.js';
import type { Engine } from '../platform/store/engine.js';
import { IDENTITY_ID, IDENTITY_TABLE, type Identity } from '../platform/store/installation/identity.js';
import { RESTORE_ID } from '../platform/store/installation/restore-mark.js';
import { MIGRATION_TABLE, type Migration } from '../platform/store/migration/migration.js';
import { MigrationLock } from '../platform/store/migration/migration-lock.js';
import { inPages, type SavedState } from '../platform/store/saved-state.js';

export interface RestoreOptions {
  readonly migrations: readonly Migration[];
  readonly say: (line: string) => void;
  /** Called with the number of states that are stored. */
  readonly progress: (done: number) => void;
}

/**
 * Stores a verified archive in an empty database, on an engine that is not open yet, and closes it. Servers do not start
 * on the database until the last state is stored; an interrupted restore is begun again. The installation continues
 * under a new epoch, so that running servers notice (docs/adr/0015-identity-of-the-database.md). Throws UsageError for a
 * database that is in use, BadArchive for an archive of a newer program.
 */
export async function restoreArchive(engine: Engine, archive: ArchiveReader, options: RestoreOptions): Promise<void> {
  const { migrations, say } = options;
  const { schema } = archive.header;
  refuseNewer(archive, migrations);
  const names = namesAt(migrations, schema);
  const tables = [...new Set([...names.tables, IDENTITY_TABLE])];
  await engine.open({ tables, logs: names.logs });
  try {
    const lock = await MigrationLock.acquire(engine, `restore on ${hostname()}`, (holder) =>
      say(`waiting for a migration, run by ${holder}`),
    );
    try {
      await refuseInUse(engine, tables);
      await engine.clear({ tables: tables.filter((name) => !KEPT.has(name)), logs: names.logs });
      await mark(engine);
      const last = await storeAll(engine, archive, options);
      await lock.assertHeld();
      await replaceMigrations(engine, last);
      await engine.store(last.filter(({ name }) => name === IDENTITY_TABLE));
    } finally {
      await lock.release();
    }
    await engine.remove(IDENTITY_TABLE, RESTORE_ID, undefined);
  } finally {
    await engine.close();
  }
}

/** Tables in which the restore itself keeps something. */
const KEPT: ReadonlySet<string> = new Set([MIGRATION_TABLE, IDENTITY_TABLE]);

export function refuseNewer({ header }: ArchiveReader, migrations: readonly Migration[]): void {
  if (header.schema <= migrations.length) return;
  throw new BadArchive(
    `it has the schema of migration ${String(header.schema)}, written by metal-api ${header.program}; ` +
      `this program knows ${String(migrations.length)}: restore it with that version or a later one`,
  );
}

async function refuseInUse(engine: Engine, tables: readonly string[]): Promise<void> {
  const restoring = (await engine.read(IDENTITY_TABLE, RESTORE_ID)).current !== undefined;
  if (restoring) return;
  // Servers whose database was lost still announce themselves in the tables that this restore has created.
  const others = tables.filter((name) => name !== MIGRATION_TABLE && name !== replicaTable.name);
  for await (const page of engine.capture({ tables: others, logs: [] })) {
    const found = page.find(({ kind }) => kind === 'document');
    if (found === undefined) continue;
    const { current } = await engine.read(IDENTITY_TABLE, IDENTITY_ID);
    const owner = current ? `; it belongs to installation ${(current as Identity).uuid}` : '';
    throw new UsageError(
      `the target is in use: table ${found.name} holds documents${owner}. Restore into an empty database: ` +
        'set METAL_API_DATA_DIR to a new folder, or METAL_API_DB_NAME to a new name',
    );
  }
}

async function mark(engine: Engine): Promise<void> {
  await engine.insert(IDENTITY_TABLE, { id: RESTORE_ID });
}

/** Returns the states that must come last: those that make a database out of tables. */
async function storeAll(engine: Engine, archive: ArchiveReader, { progress }: RestoreOptions): Promise<SavedState[]> {
  const last: SavedState[] = [];
  let done = 0;
  const stored = async function* (): AsyncIterable<SavedState> {
    for await (const page of archive.pages()) {
      for (const state of page) {
        if (isOfPast(state)) continue;
        if (KEPT.has(state.name)) last.push(inNewEpoch(state));
        else yield notWaiting(state);
      }
    }
  };
  for await (const page of inPages(stored())) {
    await engine.store(page);
    progress((done += page.length));
  }
  return last;
}

/** Processes that ran, and what they held. */
function isOfPast({ name, json }: SavedState): boolean {
  if (name === replicaTable.name) return true;
  if (!KEPT.has(name)) return false;
  const { id } = JSON.parse(json) as { id: string };
  return name === MIGRATION_TABLE ? !/^\d+$/.test(id) : id === RESTORE_ID || id.startsWith('witness-');
}

/**
 * A machine may have been allocated after the backup, and its tenant works on it: it is not given away before an installer says
 * again that it waits. Installers do so as soon as a server answers them.
 */
function notWaiting(state: SavedState): SavedState {
  if (state.name !== machineTable.name || state.kind !== 'document') return state;
  const machine = JSON.parse(state.json) as Pick<Machine, 'waiting'>;
  return machine.waiting ? { ...state, json: JSON.stringify({ ...machine, waiting: false }) } : state;
}

function inNewEpoch(state: SavedState): SavedState {
  if (state.name !== IDENTITY_TABLE || state.kind !== 'document') return state;
  const document = JSON.parse(state.json) as Identity;
  if (document.id !== IDENTITY_ID) return state;
  const { epoch, revision } = document;
  return { ...state, json: JSON.stringify({ ...document, epoch: epoch + 1, revision: revision + 1 }) };
}

/** The target may have been migrated further than the archive, before anything was in it. */
async function replaceMigrations(engine: Engine, last: readonly SavedState[]): Promise<void> {
  const records = last.filter(({ name, kind }) => name === MIGRATION_TABLE && kind === 'document');
  const ids = new Set(records.map(({ json }) => (JSON.parse(json) as { id: string }).id));
  for (let version = 1; ; version += 1) {
    const id = String(version).padStart(4, '0');
    if ((await engine.read(MIGRATION_TABLE, id)).current === undefined) break;
    if (!ids.has(id)) await engine.remove(MIGRATION_TABLE, id, undefined);
  }
  await engine.store(records);
}
