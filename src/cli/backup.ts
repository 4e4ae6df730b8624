import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { migrations } from '../../migrations/all.js';
import { loadConfig, type Config } from '../config/config.js';
import { readBuild } from '../modules/version/build-info.js';
import { createArchive } from '../platform/store/backup/archive-writer.js';
import { writeBackupFile, type WrittenBackup } from '../platform/store/backup/backup-file.js';
import { describeDatabase, namesAt } from '../platform/store/backup/describe-database.js';
import { createBareEngine, storeFolder } from '../platform/store/create-engine.js';
import { systemClock } from '../shared/clock.js';
import { ProgressReporter, type ProgressOutput } from './progress-reporter.js';
import { readArguments } from './read-options.js';
import { restrictSecrets } from './restrict-secrets.js';
import { serverClient, withUsageErrors } from './server-client.js';
import { untilSignalled } from './signals.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api backup FILE [--url URL | --offline]

Writes a consistent backup of the whole database to FILE, compressed and with a checksum. Servers keep running. Secrets
are encrypted as they are in the database; the keys are not part of the backup.

With RethinkDB the command reads the database itself. With the embedded database it asks the running server, at the
address in the settings, with the admin's HMAC key.
--url URL   asks this server, with either database
--offline   opens the embedded database itself; no server may run
FILE must not exist. It appears when it is complete and on disk, readable by its owner only.`;

/** Runs the command; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  process.umask(0o077);
  return untilSignalled((signal) => backup(args, loadConfig, process.stdout, process.stderr, signal));
}

/**
 * The command; results go to `out`, progress to `progress`. A `signal` interrupts it, which leaves no file. Throws
 * OptionError for wrong options, UsageError or DomainError if there is no backup.
 */
export async function backup(
  args: readonly string[],
  config: () => Config,
  out: ProgressOutput,
  progress: ProgressOutput,
  signal: Promise<string> = new Promise(() => undefined),
): Promise<number> {
  const { values, positionals } = readArguments(args, {
    url: { type: 'string' },
    offline: { type: 'boolean', default: false },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new OptionError('backup needs one FILE');
  if (values.url !== undefined && values.offline) throw new OptionError('--url and --offline are mutually exclusive');
  if (existsSync(file)) throw new UsageError(`"${file}" exists; give the backup another name, or remove that file`);
  const source = await open(config(), values);
  const { archive } = source;
  void signal.then((name) => archive.destroy(new UsageError(`interrupted by ${name}`)));
  const reporter = new ProgressReporter(progress);
  try {
    const written = await writeBackupFile(file, archive, (done, estimate) =>
      reporter.update('backing up', done, Math.max(estimate, done + 1)),
    ).catch((error: unknown) => {
      throw notWritten(file, error);
    });
    out.write(`${inWords(file, written).join('\n')}\n`);
    return 0;
  } finally {
    await source.close();
  }
}

interface Source {
  readonly archive: Readable;
  close(): Promise<void>;
}

function open(config: Config, { url, offline }: { url?: string | undefined; offline: boolean }): Promise<Source> {
  const { engine } = config.store;
  if (engine === 'memory') throw new UsageError('METAL_API_DB is "memory": nothing is stored');
  const asks = url !== undefined || (engine === 'embedded' && !offline);
  return asks ? fromServer(config, url) : fromDatabase(config);
}

async function fromServer(config: Config, url: string | undefined): Promise<Source> {
  const archive = await withUsageErrors(() => serverClient(config, url).download('backup'));
  return { archive, close: async () => undefined };
}

/** Changes nothing in the database but a barrier. */
async function fromDatabase(config: Config): Promise<Source> {
  const { store } = config;
  restrictSecrets(config, console.error);
  if (store.engine === 'embedded' && !existsSync(storeFolder(store.dataDir))) {
    throw new UsageError(`there is no database in data folder "${store.dataDir}"`);
  }
  const engine = createBareEngine({ ...store, rethinkdb: { ...store.rethinkdb, inspect: true } }, console.error);
  await engine.open(namesAt(migrations, migrations.length));
  try {
    const about = { program: readBuild().version, now: systemClock.now() };
    const { names, header } = await describeDatabase(engine, migrations, about);
    if (header.schema === 0) throw new UsageError('there is no database of metal-api at the address in the settings');
    return { archive: createArchive(engine, names, header), close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function notWritten(file: string, error: unknown): unknown {
  const { code, message, name } = error as NodeJS.ErrnoException;
  const isFileError = ['ENOENT', 'EACCES', 'ENOSPC', 'EROFS', 'ENOTDIR', 'EISDIR', 'EDQUOT'].includes(code ?? '');
  if (isFileError) return new UsageError(`"${file}" cannot be written: ${message}`, { cause: error });
  const isLost = name === 'BadArchive' || name === 'TypeError'; // of `fetch`
  return isLost ? new UsageError(`the server broke the backup off: ${message}`, { cause: error }) : error;
}

function inWords(file: string, { header, totals, size, sha256 }: WrittenBackup): string[] {
  const { document, entry } = totals;
  const secrets = header.keys.length === 0 ? 'secrets are PLAIN TEXT in it' : `keys ${header.keys.join(', ')}`;
  const mib = (size / 1024 / 1024).toFixed(1);
  return [
    `${file}: ${String(document)} documents, ${String(entry)} log entries, ${mib} MiB, schema ${String(header.schema)}, ${secrets}`,
    `sha256 ${sha256}`,
  ];
}
