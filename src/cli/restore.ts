import { createReadStream } from 'node:fs';
import { migrations } from '../../migrations/all.js';
import { restoreArchive } from '../backup/restore.js';
import { SecretsCheck } from '../backup/secrets-check.js';
import { checkInShadow } from '../backup/shadow.js';
import { loadConfig, type Config } from '../config/config.js';
import { toFsckReport } from '../modules/fsck/fsck.mapper.js';
import { BadArchive, type ArchiveHeader } from '../platform/store/backup/archive-format.js';
import { ArchiveReader } from '../platform/store/backup/archive-reader.js';
import { createBareEngine, keySourceOf } from '../platform/store/create-engine.js';
import { migrate } from '../platform/store/migration/migrator.js';
import { KeyRing } from '../platform/store/sealing/key-ring.js';
import { isDomainError } from '../shared/errors/domain-error.js';
import { reportText } from './fsck.js';
import { ProgressReporter, type ProgressOutput } from './progress-reporter.js';
import { readArguments } from './read-options.js';
import { restrictSecrets } from './restrict-secrets.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api restore FILE [--verify [--without-secrets]]

Restores a backup of any engine into the database in the settings, which must be empty, and migrates it to this version.
The whole file is checked before anything is written. May be interrupted and run again; no server starts on the database
in between. With RethinkDB it needs a user with the right to create tables.

--verify            writes nothing: loads the backup into memory, checks its consistency, like fsck, and decrypts every secret
                    with the keys in the settings
--without-secrets   does not look at secrets, on a computer that has no keys
Exit code: 0 when restored or verified, 1 if the check finds violations or secrets without their key, 2 if the backup
cannot be used.`;

const flag = { type: 'boolean', default: false } as const;

/** Runs the command; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  return restore(args, loadConfig, process.stdout, process.stderr);
}

/** The command; results go to `out`, progress to `progress`. Throws OptionError for wrong options, UsageError otherwise. */
export async function restore(
  args: readonly string[],
  config: () => Config,
  out: ProgressOutput,
  progress: ProgressOutput,
): Promise<number> {
  const { values, positionals } = readArguments(args, { verify: flag, 'without-secrets': flag });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new OptionError('restore needs one FILE');
  const withSecrets = !values['without-secrets'];
  if (!withSecrets && !values.verify) throw new OptionError('--without-secrets goes with --verify');
  const context = { file, config: config(), say: (line: string) => void out.write(`${line}\n`), progress };
  try {
    return await (values.verify ? verify(context, withSecrets) : write(context));
  } catch (error) {
    if (error instanceof BadArchive) throw new UsageError(`"${file}" is not used: ${error.message}`, { cause: error });
    throw isDomainError(error) ? new UsageError(error.message, { cause: error }) : error;
  }
}

interface Context {
  readonly file: string;
  readonly config: Config;
  readonly say: (line: string) => void;
  readonly progress: ProgressOutput;
}

async function verify({ file, config, say, progress }: Context, withSecrets: boolean): Promise<number> {
  const reporter = new ProgressReporter(progress);
  const archive = await openFile(file);
  const { estimate } = archive.header;
  const show = (done: number): void => reporter.update('loading', done, Math.max(estimate, done + 1));
  const keys = keySourceOf(config.store);
  const secrets = withSecrets ? new SecretsCheck(new KeyRing(keys.keys(false)), archive.header.keys) : undefined;
  const report = toFsckReport(await checkInShadow(config, archive, migrations, show, secrets));
  say(description(file, archive.header));
  say(reportText(report));
  for (const line of secrets?.lines(keys.name) ?? ['secrets: not checked']) say(line);
  return report.findings.length === 0 && secrets?.isPassed !== false ? 0 : 1;
}

async function write({ file, config, say, progress }: Context): Promise<number> {
  const { store } = config;
  if (store.engine === 'memory') throw new UsageError('METAL_API_DB is "memory": nothing would stay');
  const reporter = new ProgressReporter(progress);
  const first = await openFile(file);
  const { estimate } = first.header;
  const { document, removal, entry } = await first.verify((done) =>
    reporter.update('checking', done, Math.max(estimate, done + 1)),
  );
  const total = document + removal + entry;
  say(description(file, first.header));
  restrictSecrets(config, console.error);
  await restoreArchive(createBareEngine(store, say), await openFile(file), {
    migrations,
    say,
    progress: (done) => reporter.update('restoring', done, Math.max(total, done + 1)),
  });
  await migrate(createBareEngine(store, say), migrations, { say: (line) => say(`migration: ${line}`) });
  say(`restored ${String(document)} documents and ${String(entry)} log entries`);
  for (const line of missingKeys(config, first.header)) say(line);
  return 0;
}

async function openFile(file: string): Promise<ArchiveReader> {
  try {
    return await ArchiveReader.open(createReadStream(file));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isFileError = error instanceof Error && !(error instanceof BadArchive) && code?.startsWith('E') === true;
    throw isFileError ? new UsageError(`"${file}" cannot be read: ${message}`, { cause: error }) : error;
  }
}

function description(file: string, header: ArchiveHeader): string {
  const { created, program, engine, installation, schema } = header;
  const owner = installation === null ? 'an installation without identity' : `installation ${installation.uuid}`;
  return `${file}: ${owner}, ${created}, by metal-api ${program} from ${engine}, schema ${String(schema)}`;
}

function missingKeys({ store }: Config, { keys }: ArchiveHeader): string[] {
  const ring = new KeyRing(keySourceOf(store).keys(false));
  const missing = keys.filter((id) => ring.find(id) === undefined);
  if (missing.length === 0) return [];
  return [
    `its secrets are encrypted with ${missing.join(', ')}, which ${keySourceOf(store).name} does not have: ` +
      'put the key file of the old servers there before a server starts',
  ];
}
