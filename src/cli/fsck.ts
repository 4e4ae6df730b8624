import { pluralize } from '../shared/text.js';
import { loadConfig, type Config } from '../config/config.js';
import type { RestClient } from '../agent/rest-client.js';
import type { FsckFindingDto, FsckReportDto } from '../modules/fsck/fsck.dto.js';
import { toFsckReport } from '../modules/fsck/fsck.mapper.js';
import { ProgressReporter } from './progress-reporter.js';
import { withUsageErrors, serverClient } from './server-client.js';
import { restrictSecrets } from './restrict-secrets.js';
import { readOptions } from './read-options.js';
import { OptionError } from './usage-error.js';

export const USAGE = `usage: metal-api fsck [--url URL | --offline] [--json]
       metal-api fsck --repair [--yes] [--url URL | --offline] [--json]

Checks that networks, prefixes, addresses, tags, pools, allocations and switch ports agree. Lists violations with IDs.
Exit code: 0 without violations, 1 if violations remain, 2 if the check could not run.

--repair lists the repairs; with --yes it applies them. Violations that need a decision are not changed.
The command calls the running server at --url, which defaults to the address in the settings, with the viewer's HMAC key
(--repair: the admin's). --offline opens the database itself; an embedded database requires that no server runs.
--json prints the server's report as JSON.`;

/** Runs the command, prints its output and resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { out, done } = await fsck(args);
  console.log(out);
  return done ? 0 : 1;
}

/**
 * Runs the command and returns its output; `done` is true if no violations remain. Throws OptionError for invalid
 * options, UsageError if the server refuses or does not respond.
 */
export async function fsck(
  args: readonly string[],
  config: () => Config = loadConfig,
): Promise<{ out: string; done: boolean }> {
  const options = parse(args);
  const report = options.offline ? await onDatabase(config(), options) : await onServer(config(), options);
  const done = report.findings.every(isRepaired);
  return { out: options.json ? JSON.stringify(report, null, 2) : reportText(report), done };
}

/** Each may take two seconds on a shared database. */
const REPAIRS_PER_REQUEST = 8;

const isRepaired = ({ outcome }: FsckFindingDto): boolean => outcome === 'repaired';

interface Options {
  readonly url: string | undefined;
  readonly offline: boolean;
  readonly repair: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

function parse(args: readonly string[]): Options {
  const flag = { type: 'boolean', default: false } as const;
  const options = { url: { type: 'string' }, offline: flag, repair: flag, yes: flag, json: flag } as const;
  const { url, offline, repair, yes, json } = readOptions(args, options);
  if (yes && !repair) throw new OptionError('--yes requires --repair');
  if (url !== undefined && offline) throw new OptionError('--url and --offline are mutually exclusive');
  return { url, offline, repair, yes, json };
}

function onServer(config: Config, { url, repair, yes }: Options): Promise<FsckReportDto> {
  return withUsageErrors(async () => {
    if (!repair) return serverClient(config, url, 'viewer').get('fsck');
    const admin = serverClient(config, url);
    const plan = await admin.post<FsckReportDto>('fsck/repair?dry-run=true');
    return yes ? repairInParts(admin, plan) : plan;
  });
}

/** Repairs in requests that are short enough for the timeouts of proxies, until one of them repairs nothing. */
async function repairInParts(admin: RestClient, { findings: planned }: FsckReportDto): Promise<FsckReportDto> {
  const reporter = new ProgressReporter(process.stderr);
  const repaired: FsckFindingDto[] = [];
  const total = planned.filter(({ repair }) => repair !== null).length;
  if (total > 0) reporter.update('repairing', 0, total);
  for (;;) {
    const report = await admin.post<FsckReportDto>(`fsck/repair?dry-run=false&limit=${REPAIRS_PER_REQUEST}`);
    const now = report.findings.filter(isRepaired);
    repaired.push(...now);
    const left = report.findings.filter((finding) => !isRepaired(finding));
    const todo = left.filter(({ repair }) => repair !== null).length;
    if (now.length > 0) reporter.update('repairing', repaired.length, repaired.length + todo);
    if (now.length < REPAIRS_PER_REQUEST) {
      reporter.endLine();
      return { ...report, findings: [...repaired, ...left] };
    }
  }
}

/** Starts everything except the listeners. The sweepers run too, to clean up after a crash. */
async function onDatabase(config: Config, { repair, yes }: Options): Promise<FsckReportDto> {
  restrictSecrets(config, console.error);
  // Only this needs the application, which takes a second to load.
  const [{ createApp }, { FsckService }] = await Promise.all([
    import('../app.js'),
    import('../modules/fsck/fsck.service.js'),
  ]);
  const app = await createApp(config);
  await app.init();
  try {
    const service = app.get(FsckService, { strict: false });
    if (!repair) return toFsckReport(await service.check());
    const reporter = new ProgressReporter(process.stderr);
    const onTreated = yes ? (done: number, total: number) => reporter.update('repairing', done, total) : undefined;
    return toFsckReport(await service.repair({ dryRun: !yes, onTreated }));
  } finally {
    await app.close();
  }
}

/** The report as text: violations, then what was examined. */
export function reportText({ findings, examined }: FsckReportDto): string {
  const counts = Object.entries(examined).map(([what, count]) => `${count} ${what}`);
  const lines = findings.flatMap(({ invariant, ids, message, repair, outcome }) => [
    `${invariant}: ${ids.join(', ')}: ${message}`,
    ...(repair === null && outcome === undefined ? [] : [`    ${[outcome, repair].filter(Boolean).join(': ')}`]),
  ]);
  return [...lines, `${pluralize(findings.length, 'violation')} in ${counts.join(', ')}`].join('\n');
}
