import { existsSync } from 'node:fs';
import { migrations } from '../../migrations/all.js';
import { loadConfig, type Config } from '../config/config.js';
import { createBareEngine, storeFolder } from '../platform/store/create-engine.js';
import { recordId, type Migration } from '../platform/store/migration/migration.js';
import { migrate, openUnlessAborted, pendingMigrations } from '../platform/store/migration/migrator.js';
import { RUNTIME_USER } from '../platform/store/rethinkdb/schema.js';
import { isDomainError } from '../shared/errors/domain-error.js';
import { ProgressReporter } from './progress-reporter.js';
import type { TaskProgress } from './progress-reporter.js';
import { restrictSecrets } from './restrict-secrets.js';
import { readOptions } from './read-options.js';
import { untilSignalled } from './signals.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api migrate [--dry-run] [--target VERSION]

Migrates the database to the schema of this version: creates tables and changes stored data. Each migration runs once
and is recorded; there are no down migrations. May be interrupted (SIGTERM, Ctrl-C) and run again. With RethinkDB,
requires a user with the right to create tables, and creates the user "${RUNTIME_USER}" with the same password, for the servers.
Exit code: 0 when migrated, 1 when interrupted, 2 when it could not be done.`;

const OPTIONS = { 'dry-run': { type: 'boolean' }, target: { type: 'string' } } as const;

type Say = (line: string) => void;

/** Runs the command; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  selected(readOptions(args, OPTIONS).target); // report invalid options before invalid settings
  const config = loadConfig();
  restrictSecrets(config, console.error);
  const reporter = new ProgressReporter(process.stderr);
  return untilSignalled((signal) => {
    const interruption = new AbortController();
    void signal.then((name) => interruption.abort(new Interruption(name)));
    return plainly(() => runMigrate(config, args, console.log, reporter.update, interruption.signal));
  });
}

/** A signal has ended the migration. */
class Interruption extends Error {
  constructor(signal: string) {
    super(`interrupted by ${signal}: run "metal-api migrate" again to continue`);
  }
}

/** Runs the command with the given configuration and output. Throws OptionError for invalid arguments. */
export async function runMigrate(
  config: Config,
  args: readonly string[],
  say: Say = console.log,
  progress?: TaskProgress,
  signal?: AbortSignal,
): Promise<number> {
  const options = readOptions(args, OPTIONS);
  if (options['dry-run'] === true) return dryRun(config, selected(options.target), say);
  const target = selected(options.target).length;
  try {
    const watched = { ...(progress && { progress }), ...(signal && { signal }) };
    const done = await migrate(engineOf(config, say), migrations, { target, say, ...watched });
    say(done.length === 0 ? 'nothing to migrate' : `migrated to ${recordId(done.at(-1) ?? 0)}`);
    return 0;
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    say(error.message);
    return 1;
  }
}

export interface StartOptions {
  /** Called with the reason while the database does not answer. Default: like lines of progress. */
  readonly waiting?: Say;
  /** When aborted, the migration ends and rejects with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * For `serve`: runs pending migrations before the store is opened. With the runtime user of a RethinkDB, which must not
 * migrate, throws UsageError with instructions if any are pending.
 */
export const migrateAtStart = (config: Config, say: Say, options: StartOptions = {}): Promise<void> =>
  plainly(async () => {
    if (config.store.engine !== 'memory') await migratePending(config, say, options);
  });

async function migratePending(config: Config, say: Say, { waiting = say, signal }: StartOptions): Promise<void> {
  const pending = await inspect(config, waiting, signal);
  if (pending.length === 0) return;
  const { engine, rethinkdb } = config.store;
  if (engine === 'rethinkdb' && rethinkdb.user === RUNTIME_USER) {
    throw new UsageError(`the database needs migrations (${names(pending)}): run "metal-api migrate"`);
  }
  const reporter = new ProgressReporter({ write: (text) => say(text.trimEnd()) });
  await migrate(engineOf(config, waiting), migrations, { say, progress: reporter.update, ...(signal && { signal }) });
}

/** Converts domain errors (database in use, too new or missing) to UsageError, since they are not bugs. */
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

/** Returns the pending migrations. Creates nothing in the database. */
async function inspect(config: Config, waiting: Say, signal?: AbortSignal): Promise<readonly Migration[]> {
  if (config.store.engine === 'memory' || isNew(config)) return migrations;
  const engine = engineOf(config, waiting, true);
  await openUnlessAborted(engine, { tables: ['migration'], logs: [] }, signal);
  try {
    return await pendingMigrations(engine, migrations);
  } finally {
    await engine.close();
  }
}

const isNew = ({ store }: Config): boolean => store.engine === 'embedded' && !existsSync(storeFolder(store.dataDir));

const names = (list: readonly Migration[]): string =>
  list.map(({ version, name }) => `${recordId(version)} ${name}`).join(', ');

const engineOf = ({ store }: Config, waiting: Say, inspect = false) =>
  createBareEngine({ ...store, rethinkdb: { ...store.rethinkdb, inspect } }, waiting);

function selected(target: string | undefined): readonly Migration[] {
  if (target === undefined) return migrations;
  const version = Number(target);
  const known = Number.isInteger(version) && version >= 1 && version <= migrations.length;
  if (!known) throw new OptionError(`--target is "${target}", expected 1 to ${migrations.length}`);
  return migrations.filter((migration) => migration.version <= version);
}
