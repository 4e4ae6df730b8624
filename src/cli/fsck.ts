import { createApp } from '../app.js';
import { loadConfig, type Config } from '../config/config.js';
import type { FsckReportDto } from '../modules/fsck/fsck.dto.js';
import { toFsckReport } from '../modules/fsck/fsck.mapper.js';
import { FsckService } from '../modules/fsck/fsck.service.js';
import { asOperator, serverOf } from './ask-server.js';
import { keepDataPrivate } from './private-data.js';
import { readOptions } from './read-options.js';
import { OptionError } from './usage-error.js';

export const USAGE = `usage: metal-api fsck [--url URL | --offline] [--json]
       metal-api fsck --repair [--yes] [--url URL | --offline] [--json]

Checks that networks, prefixes, addresses, tags, pools, allocations and switch ports agree, and says what does not, with
ids. Ends with 0 when all is well, 1 when something is left to be done, 2 when it could not be looked at.

--repair shows what would be done; together with --yes it is done. What needs a decision is left alone.
The running server is asked, at the address that the settings name or --url does, with the HMAC key of the viewer, for
repairs with the admin's. --offline opens the database itself: with an embedded one, only while no server runs.
--json prints the report as the server gives it.`;

/** Runs the command with the arguments behind `fsck`, prints, and resolves with the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { out, done } = await fsck(args);
  console.log(out);
  return done ? 0 : 1;
}

/**
 * The command without its printing; `done` tells that nothing is left to be done. Throws OptionError for wrong options,
 * UsageError when the server cannot be asked.
 */
export async function fsck(
  args: readonly string[],
  config: () => Config = loadConfig,
): Promise<{ out: string; done: boolean }> {
  const options = parse(args);
  const report = options.offline ? await onDatabase(config(), options) : await onServer(config(), options);
  const done = report.findings.every(({ outcome }) => outcome === 'repaired');
  return { out: options.json ? JSON.stringify(report, null, 2) : inWords(report), done };
}

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
  if (yes && !repair) throw new OptionError('--yes goes with --repair');
  if (url !== undefined && offline) throw new OptionError('--url is for a running server, --offline for none');
  return { url, offline, repair, yes, json };
}

function onServer(config: Config, { url, repair, yes }: Options): Promise<FsckReportDto> {
  return asOperator(() =>
    repair ? serverOf(config, url).post(`fsck/repair?dry-run=${!yes}`) : serverOf(config, url, 'viewer').get('fsck'),
  );
}

/** Starts everything but the listening server, sweepers included: they finish what a crash left behind. */
async function onDatabase(config: Config, { repair, yes }: Options): Promise<FsckReportDto> {
  keepDataPrivate(config, console.error);
  const app = await createApp(config);
  await app.init();
  try {
    const service = app.get(FsckService, { strict: false });
    return toFsckReport(repair ? await service.repair(!yes) : await service.check());
  } finally {
    await app.close();
  }
}

function inWords({ findings, examined }: FsckReportDto): string {
  const counts = Object.entries(examined).map(([what, count]) => `${count} ${what}`);
  const lines = findings.flatMap(({ invariant, ids, message, repair, outcome }) => [
    `${invariant}: ${ids.join(', ')}: ${message}`,
    ...(repair === null && outcome === undefined ? [] : [`    ${[outcome, repair].filter(Boolean).join(': ')}`]),
  ]);
  return [...lines, `${findings.length} violations in ${counts.join(', ')}`].join('\n');
}
