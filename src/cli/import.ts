import { loadConfig, type Config } from '../config/config.js';
import { readInstallation, type OldInstallation, type Sources } from '../import/old-installation.js';
import { inconsistenciesText, kindCounts, planText } from '../import/plan.js';
import { runImport } from '../import/run.js';
import { postgresSource, rethinkDbSource } from '../import/sources/open-source.js';
import { Target } from '../import/target/target.js';
import { textTable } from '../import/text-table.js';
import { translate } from '../import/translate/translate.js';
import type { Translation } from '../import/translate/translation.js';
import { comparisonText, fsckText, isVerified, unexpectedFindings } from '../import/verify/comparison-text.js';
import { startPrivateServer } from '../import/verify/private-server.js';
import { compare, liveAnswers, recordedAnswers } from '../import/verify/verify.js';
import { createEngine } from '../platform/store/create-engine.js';
import { systemClock, type Clock } from '../shared/clock.js';
import { migrateAtStart } from './migrate.js';
import { restrictSecrets } from './restrict-secrets.js';
import { ProgressReporter, type ProgressOutput } from './progress-reporter.js';
import { readOptions } from './read-options.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api import plan   SOURCES [--all] [--json]
       metal-api import run    SOURCES [--replace] [--all]
       metal-api import verify SOURCES (--answers DIR | --against URL) [--all]

Reads an existing metal-stack installation (metal-api v0.44, masterdata-api, go-ipam) and writes it into the database of
this server, which the settings name. docs/guide/import.md describes the whole switch-over.

SOURCES, all three, each a live database that is only read, or a file:
  --rethinkdb URL|FILE   rethinkdb://user@host:28015/metalapi, or an archive of "rethinkdb dump"
  --masterdata URL|FILE  postgresql://user@host/masterdata, or plain text of pg_dump
  --ipam URL|FILE        postgresql://user@host/ipam, or plain text of pg_dump
  --rethinkdb-password-file FILE   the password, so that it need not be in the URL
  --rethinkdb-ca-file FILE         connect by TLS; the authority that signed RethinkDB's certificate
  PostgreSQL's passwords may be in PGPASSWORD or its password file. Files may be compressed by gzip.

plan    shows what would be created, adapted and left out, and each inconsistency of the old data. Writes nothing.
run     does it, and runs fsck. May be interrupted and repeated. Refuses a target that is in use, unless --replace says
        that everything in it is to be replaced.
verify  compares the target with the sources and with what the old server answers, and runs fsck. Writes nothing.
  --answers DIR   recorded answers
  --against URL   the running old server, asked with METAL_API_HMAC_ADMIN_KEY as admin
--all lists everything where otherwise examples are enough. With the embedded database no server may run.
Ends with 0 when all is well, 1 when a difference or a violation is unexplained, 2 when it could not be done.`;

const ACTIONS = ['plan', 'run', 'verify'] as const;
type Action = (typeof ACTIONS)[number];

/** Runs the command with the arguments behind `import`; resolves with the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  return importInstallation(args, loadConfig, process.stdout, process.stderr);
}

/** The command; results go to `out`, progress to `progress`. Throws OptionError for wrong options, UsageError otherwise. */
export async function importInstallation(
  args: readonly string[],
  config: () => Config,
  out: ProgressOutput,
  progress: ProgressOutput,
  clock: Clock = systemClock,
): Promise<number> {
  const { action, options } = parse(args);
  const sources = sourcesOf(options);
  const settings = config();
  const say = (lines: readonly string[]): void => void out.write(lines.map((line) => `${line}\n`).join(''));
  const reporter = new ProgressReporter(progress);
  const old = await readInstallation(sources, (task, done, total) => reporter.update(task, done, total));
  const translation = translate(old, {
    providerTenant: settings.auth.providerTenant,
    vrfReserved: settings.pools.vrfReserved,
    asnReserved: settings.pools.asnReserved,
  });
  const context = { config: settings, sources, old, translation, options, say, reporter, clock };
  return { plan, run: write, verify }[action](context);
}

interface Context {
  readonly config: Config;
  readonly sources: Sources;
  readonly old: OldInstallation;
  readonly translation: Translation;
  readonly options: Options;
  readonly say: (lines: readonly string[]) => void;
  readonly reporter: ProgressReporter;
  readonly clock: Clock;
}

type Options = ReturnType<typeof read>;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const read = (args: readonly string[]) =>
  readOptions(args, {
    ...{ rethinkdb: text, masterdata: text, ipam: text },
    ...{ 'rethinkdb-password-file': text, 'rethinkdb-ca-file': text, answers: text, against: text },
    ...{ all: flag, json: flag, replace: flag },
  });

function parse([first = '', ...rest]: readonly string[]): { action: Action; options: Options } {
  const action = ACTIONS.find((name) => name === first);
  if (action === undefined) throw new OptionError(`import needs ${ACTIONS.join(', ')}, got "${first}"`);
  const options = read(rest);
  const refuse = (name: keyof Options, wanted: Action): void => {
    const given = options[name] !== undefined && options[name] !== false;
    if (given && action !== wanted) throw new OptionError(`--${name} goes with "import ${wanted}"`);
  };
  refuse('json', 'plan');
  refuse('replace', 'run');
  refuse('answers', 'verify');
  refuse('against', 'verify');
  if (action === 'verify' && (options.answers === undefined) === (options.against === undefined)) {
    throw new OptionError('"import verify" needs --answers or --against, and not both');
  }
  return { action, options };
}

function sourcesOf(options: Options): Sources {
  const { rethinkdb, masterdata, ipam } = options;
  if (rethinkdb === undefined || masterdata === undefined || ipam === undefined) {
    throw new OptionError('--rethinkdb, --masterdata and --ipam are needed, all three');
  }
  const access = { passwordFile: options['rethinkdb-password-file'], caFile: options['rethinkdb-ca-file'] };
  return {
    rethinkdb: rethinkDbSource(rethinkdb, access),
    masterdata: postgresSource('--masterdata', masterdata),
    ipam: postgresSource('--ipam', ipam),
  };
}

async function plan({ old, translation, options, say }: Context): Promise<number> {
  const { notes } = translation;
  if (options.json) say([JSON.stringify({ kinds: kindCounts(old, translation), ...notes }, null, 2)]);
  else say(planText(old, translation, options.all));
  return 0;
}

async function write(context: Context): Promise<number> {
  const { sources, translation, options, say, reporter, config } = context;
  say(inconsistenciesText(translation.notes.inconsistencies, options.all));
  return onTarget(config, say, async (target) => {
    const { counts } = await runImport(target, translation, {
      sources: [sources.rethinkdb, sources.masterdata, sources.ipam].map(({ name }) => name),
      replace: options.replace,
      clock: systemClock,
      progress: (done, total) => reporter.update('writing documents', done, total),
    });
    const rows = [...counts]
      .filter(([, count]) => Object.values(count).some((number) => number > 0))
      .map(([kind, { created, replaced, unchanged, removed }]) => [kind, created, replaced, unchanged, removed]);
    say(['', ...textTable(['kind', 'created', 'replaced', 'unchanged', 'removed'], rows), '']);
    const server = await startPrivateServer(config, target, systemClock);
    try {
      const report = await server.fsck();
      say(fsckText(report, translation.notes));
      return unexpectedFindings(report, translation.notes).length === 0 ? 0 : 1;
    } finally {
      await server.close();
    }
  });
}

async function verify({ config, translation, options, say, reporter, clock }: Context): Promise<number> {
  const { answers, against = '' } = options;
  const old =
    answers !== undefined
      ? recordedAnswers(answers)
      : liveAnswers(oldServer(against), config.auth.hmac.admin.key, translation, clock);
  return onTarget(config, say, async (target) => {
    const comparison = await compare(config, target, translation, old, (done, total) =>
      reporter.update('comparing answers', done, total),
    );
    say(comparisonText(comparison, translation.notes, options.all));
    return isVerified(comparison, translation.notes) ? 0 : 1;
  });
}

function oldServer(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new OptionError(`--against is "${url}", expected a URL such as https://metal.example.org/`);
  }
  return url;
}

async function onTarget<T>(config: Config, say: Context['say'], task: (target: Target) => Promise<T>): Promise<T> {
  if (config.store.engine === 'memory') throw new UsageError('METAL_API_DB is "memory": nothing would stay');
  restrictSecrets(config, console.error);
  await migrateAtStart(config, (line) => say([`migration: ${line}`]));
  const target = await Target.open(createEngine(config.store, (message) => console.error(message)));
  try {
    return await task(target);
  } finally {
    await target.close();
  }
}
