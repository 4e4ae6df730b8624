import { existsSync } from 'node:fs';
import { migrations } from '../../migrations/all.js';
import { loadConfig, type Config } from '../config/config.js';
import { createBareEngine, storeFolder } from '../platform/store/create-engine.js';
import { recordId, type Migration } from '../platform/store/migration/migration.js';
import { migrate, pendingMigrations } from '../platform/store/migration/migrator.js';
import { RUNTIME_USER } from '../platform/store/rethinkdb/schema.js';
import { isDomainError } from '../shared/errors/domain-error.js';
import { keepDataPrivate } from './private-data.js';
import { readOptions } from './read-options.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api migrate [--dry-run] [--target VERSION]

Brings the database to what this program needs: creates tables and changes stored data. Up only; carried out once each,
and recorded. For RethinkDB it needs a user who may create tables, and creates the user "${RUNTIME_USER}", with the same
password, as whom servers read and write.`;

const OPTIONS = { 'dry-run': { type: 'boolean' }, target: { type: 'string' } } as const;

type Say = (line: string) => void;

/** Runs the command with the arguments behind `migrate`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  selected(readOptions(args, OPTIONS).target); // complaints about options come before those about settings
  const config = loadConfig();
  keepDataPrivate(config, console.error);
  return plainly(() => runMigrate(config, args));
}

/** The command; `say` prints. Throws OptionError for arguments it does not know. */
export async function runMigrate(config: Config, args: readonly string[], say: Say = console.log): Promise<number> {
  const options = readOptions(args, OPTIONS);
  if (options['dry-run'] === true) return dryRun(config, selected(options.target), say);
  const target = selected(options.target).length;
  const done = await migrate(engineOf(config, say), migrations, { target, say });
  say(done.length === 0 ? 'nothing to migrate' : `migrated to ${recordId(done.at(-1) ?? 0)}`);
  return 0;
}

/**
 * For `serve`: carries out what is pending before the store is opened. A server that is only the runtime user of a
 * RethinkDB may not; it refuses to start instead, with an UsageError that says what to do.
 */
export const migrateAtStart = (config: Config, say: Say): Promise<void> =>
  plainly(async () => {
    if (config.store.engine !== 'memory') await migratePending(config, say);
  });

async function migratePending(config: Config, say: Say): Promise<void> {
  const pending = await inspect(config, say);
  if (pending.length === 0) return;
  const { engine, rethinkdb } = config.store;
  if (engine === 'rethinkdb' && rethinkdb.user === RUNTIME_USER) {
    throw new UsageError(`the database needs migrations (${names(pending)}): run "metal-api migrate"`);
  }
  await migrate(engineOf(config, say), migrations, { say });
}

/** A database that is in use, too new or not there is no bug: it is told without a stack. */
async function plainly<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw isDomainError(error) ? new UsageError(error.message, { cause: error }) : error;
  }
}

async function dryRun(config: Config, wanted: readonly Migration[], say: Say): Promise<number> {
  const pending = (await inspect(config, say)).filter((migration) => wanted.includes(migration));
  say(pending.length === 0 ? 'nothing to migrate' : `pending: ${names(pending)}`);
  return 0;
}

/** What is pending, without creating anything. */
async function inspect(config: Config, say: Say): Promise<readonly Migration[]> {
  if (config.store.engine === 'memory' || isNew(config)) return migrations;
  const engine = engineOf(config, say, true);
  await engine.open({ tables: ['migration'], logs: [] });
  try {
    return await pendingMigrations(engine, migrations);
  } finally {
    await engine.close();
  }
}

const isNew = ({ store }: Config): boolean => store.engine === 'embedded' && !existsSync(storeFolder(store.dataDir));

const names = (list: readonly Migration[]): string =>
  list.map(({ version, name }) => `${recordId(version)} ${name}`).join(', ');

const engineOf = ({ store }: Config, say: Say, inspect = false) =>
  createBareEngine({ ...store, rethinkdb: { ...store.rethinkdb, inspect } }, say);

function selected(target: string | undefined): readonly Migration[] {
  if (target === undefined) return migrations;
  const version = Number(target);
  const known = Number.isInteger(version) && version >= 1 && version <= migrations.length;
  if (!known) throw new OptionError(`--target is "${target}", expected 1 to ${migrations.length}`);
  return migrations.filter((migration) => migration.version <= version);
}
