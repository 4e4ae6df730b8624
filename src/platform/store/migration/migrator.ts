import { hostname } from 'node:os';
import { systemClock, timestamp, type Clock } from '../../../shared/clock.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine } from '../engine.js';
import { LiveTable } from '../live-table.js';
import type { Content, Document } from '../table.js';
import { checkOrder, MIGRATION_TABLE, recordId, type Migration, type StoredData } from './migration.js';
import { LOCK_TIMING, MigrationLock, type LockTiming } from './migration-lock.js';

/** That a migration was carried out. */
interface MigrationRecord extends Document {
  readonly name: string;
  readonly applied: string;
}

export interface MigrateOptions {
  /** Highest version to carry out; default: all. */
  readonly target?: number;
  /** Hears what happens, line by line. */
  readonly say?: (line: string) => void;
  readonly clock?: Clock;
  readonly timing?: LockTiming;
}

/**
 * Carries out the pending migrations in order, on an engine that is not open yet, and closes it. Resolves with the
 * versions. Running it again does nothing. Two at once: the second waits, and then finds nothing to do.
 * Throws `precondition` when the database was written by a newer program.
 */
export async function migrate(
  engine: Engine,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<readonly number[]> {
  checkOrder(migrations);
  const { target = migrations.length, say = () => undefined, clock = systemClock, timing = LOCK_TIMING } = options;
  const wanted = migrations.filter(({ version }) => version <= target);
  const tables = wanted.flatMap((migration) => migration.tables ?? []);
  await engine.open({
    tables: [MIGRATION_TABLE, ...tables],
    logs: wanted.flatMap((migration) => migration.logs ?? []),
  });
  try {
    const waiting = (holder: string): void => say(`waiting for another migration, by ${holder}`);
    const lock = await MigrationLock.acquire(engine, `${hostname()}:${process.pid}`, waiting, timing);
    try {
      const pending = (await pendingMigrations(engine, migrations)).filter(({ version }) => version <= target);
      return await carryOut(engine, lock, pending, say, clock);
    } finally {
      await lock.release();
    }
  } finally {
    await engine.close();
  }
}

async function carryOut(
  engine: Engine,
  lock: MigrationLock,
  pending: readonly Migration[],
  say: (line: string) => void,
  clock: Clock,
): Promise<readonly number[]> {
  for (const { version, name, up } of pending) {
    await lock.assertHeld();
    say(`${recordId(version)} ${name}`);
    await up?.(storedData(engine));
    await lock.assertHeld();
    const record = { id: recordId(version), name, applied: timestamp(clock.now()) };
    await engine.insert(MIGRATION_TABLE, record);
  }
  return pending.map(({ version }) => version);
}

/** Those of all `migrations` that are not recorded as carried out, on an open engine. Throws like `migrate`. */
export async function pendingMigrations(
  engine: Engine,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  await refuseNewer(engine, migrations.length + 1);
  const pending: Migration[] = [];
  for (const migration of migrations) {
    const { current } = await engine.read(MIGRATION_TABLE, recordId(migration.version));
    if (current === undefined) pending.push(migration);
  }
  return pending;
}

async function refuseNewer(engine: Engine, unknownVersion: number): Promise<void> {
  const { current } = await engine.read(MIGRATION_TABLE, recordId(unknownVersion));
  if (current === undefined) return;
  const { id, name } = current as MigrationRecord;
  throw new DomainError(
    'precondition',
    `the database was migrated to ${id} (${name}), which this program does not know`,
  );
}

const storedData = (engine: Engine): StoredData => ({
  rewrite: async (name, change) => {
    const table = new LiveTable<Document>(engine, { name, indexes: {} });
    await table.start();
    try {
      return await rewriteAll(table, change);
    } finally {
      await table.stop();
    }
  },
});

async function rewriteAll(
  table: LiveTable<Document>,
  change: (document: Document) => Content<Document>,
): Promise<number> {
  let changed = 0;
  for (const { id, revision } of [...table.list()]) {
    if (table.get(id) === undefined) continue; // a server removed it meanwhile
    if ((await table.update(id, change)).revision > revision) changed++;
  }
  return changed;
}
