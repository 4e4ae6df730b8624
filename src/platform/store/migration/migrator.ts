import { hostname } from 'node:os';
import { systemClock, timestamp, type Clock } from '../../../shared/clock.js';
import { mapConcurrently } from '../../../shared/concurrency/concurrency-limit.js';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import type { Engine } from '../engine.js';
import { LiveTable } from '../live-table.js';
import type { Content, Document } from '../table.js';
import { checkMigrationOrder, MIGRATION_TABLE, recordId, type Migration, type StoredData } from './migration.js';
import { LOCK_TIMING, MigrationLock, type LockTiming } from './migration-lock.js';

/** Records that a migration was applied. */
interface MigrationRecord extends Document {
  readonly name: string;
  readonly applied: string;
}

export interface MigrateOptions {
  /** Highest version to apply; default: all. */
  readonly target?: number;
  /** Called with each line of progress. */
  readonly say?: (line: string) => void;
  /** Called while documents are changed, with the migration and table, and how many of its documents are done. */
  readonly progress?: (task: string, done: number, total: number) => void;
  /** When aborted, ends after the writes in flight and rejects with its reason; the next run continues. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly timing?: LockTiming;
}

/** Documents that are written at the same time; the database makes them durable together. */
const WRITERS = 16;

/**
 * Applies the pending migrations in order, on an engine that is not open yet, and closes it. Returns the applied
 * versions. Idempotent. If two run concurrently, the second waits and finds nothing left to do. Throws `precondition`
 * if the database was written by a newer program.
 */
export async function migrate(
  engine: Engine,
  migrations: readonly Migration[],
  options: MigrateOptions = {},
): Promise<readonly number[]> {
  checkMigrationOrder(migrations);
  const { target = migrations.length, say = () => undefined, timing = LOCK_TIMING, signal } = options;
  const wanted = migrations.filter(({ version }) => version <= target);
  const tables = wanted.flatMap((migration) => migration.tables ?? []);
  const logs = wanted.flatMap((migration) => migration.logs ?? []);
  await openUnlessAborted(engine, { tables: [MIGRATION_TABLE, ...tables], logs }, signal);
  try {
    const waiting = (holder: string): void => say(`waiting for another migration, run by ${holder}`);
    const lock = await MigrationLock.acquire(engine, `${hostname()}:${process.pid}`, waiting, timing, signal);
    try {
      const pending = (await pendingMigrations(engine, migrations)).filter(({ version }) => version <= target);
      return await runPending(engine, lock, pending, options);
    } finally {
      await lock.release();
    }
  } finally {
    await engine.close();
  }
}

/** Opens an engine. When the signal is aborted, closes it, which ends a wait for the database, and rejects with its reason. */
export async function openUnlessAborted(
  engine: Engine,
  names: Parameters<Engine['open']>[0],
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const close = (): void => void engine.close();
  signal?.addEventListener('abort', close);
  try {
    await engine.open(names);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', close);
  }
  signal?.throwIfAborted();
}

async function runPending(
  engine: Engine,
  lock: MigrationLock,
  pending: readonly Migration[],
  { say, progress = () => undefined, signal, clock = systemClock }: MigrateOptions,
): Promise<readonly number[]> {
  const beforeEach = async (): Promise<void> => {
    signal?.throwIfAborted();
    await lock.assertRenewed();
  };
  for (const { version, name, up } of pending) {
    signal?.throwIfAborted();
    await lock.assertHeld();
    const title = `${recordId(version)} ${name}`;
    say?.(title);
    const show = (table: string, done: number, total: number): void => progress(`${title}, ${table}`, done, total);
    await up?.(storedData(engine, { beforeEach, show }));
    await lock.assertHeld();
    const record = { id: recordId(version), name, applied: timestamp(clock.now()) };
    await engine.insert(MIGRATION_TABLE, record);
  }
  return pending.map(({ version }) => version);
}

/** The `migrations` that are not recorded as applied, on an open engine. Throws the same errors as `migrate`. */
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
    `the database was migrated to ${id} (${name}), a version unknown to this program`,
  );
}

/** What surrounds the change of each document. */
interface Steps {
  /** Throws if no more documents must be changed. */
  readonly beforeEach: () => Promise<void>;
  readonly show: (table: string, done: number, total: number) => void;
}

const storedData = (engine: Engine, steps: Steps): StoredData => ({
  rewrite: async (name, change) => {
    const table = new LiveTable<Document>(engine, { name, indexes: {} });
    await table.start();
    try {
      return await rewriteAll(table, change, steps);
    } finally {
      await table.stop();
    }
  },
});

async function rewriteAll(
  table: LiveTable<Document>,
  change: (document: Document) => Content<Document>,
  { beforeEach, show }: Steps,
): Promise<number> {
  const documents = [...table.list()];
  let [done, changed] = [0, 0];
  show(table.name, 0, documents.length);
  await mapConcurrently(documents, WRITERS, async ({ id, revision }) => {
    await beforeEach();
    if (((await updateIfPresent(table, id, change))?.revision ?? 0) > revision) changed++;
    show(table.name, ++done, documents.length);
  });
  return changed;
}

/** Undefined if a server has removed the document in the meantime. */
async function updateIfPresent(
  table: LiveTable<Document>,
  id: string,
  change: (document: Document) => Content<Document>,
): Promise<Document | undefined> {
  try {
    return await table.update(id, change);
  } catch (error) {
    if (isDomainError(error, 'not-found')) return undefined;
    throw error;
  }
}
