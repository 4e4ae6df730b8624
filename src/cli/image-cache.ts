import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Scheduler } from '../shared/concurrency/scheduler.js';
import { RestClient } from '../agent/rest-client.js';
import { loadImageCacheConfig } from '../config/image-cache-config.js';
import type { ImageCacheConfig } from '../config/image-cache-config.js';
import { IMAGE_CACHE_FLAGS } from '../config/image-cache-sources.js';
import { ImageCache, statusOnDisk } from '../image-cache/image-cache.js';
import { askControl, OccupiedError } from '../image-cache/status/control.js';
import type { CacheStatus } from '../image-cache/status/status.js';
import { downloadText, statusText } from '../image-cache/status/status-text.js';
import { createLogger } from '../platform/telemetry/logger.js';
import type { PinoLogger } from '../platform/telemetry/logger.js';
import { systemClock } from '../shared/clock.js';
import type { AppLogger } from '../shared/app-logger.js';
import { consoleLogger } from './console-logger.js';
import { restrictSecretFiles } from './restrict-secrets.js';
import { waitForSignal } from './signals.js';
import { OptionError, UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api image-cache [--SETTING VALUE …] [--config FILE]
       metal-api image-cache sync [--force] [--dry-run] [--SETTING VALUE …]
       metal-api image-cache status [--all] [--json] [--cache-root-path FOLDER]

Mirrors the OS images of the API, and the kernels and boot images of its partitions, to the disk of this host, and serves
them by HTTP to the machines of the partition, until SIGTERM or SIGINT (docs/guide/image-cache.md).

sync    runs once and shows its progress; where a cache runs on this host, it is that one's run. Exits with 1 when there
        were problems. --force removes files also when a list of the API has become empty or much shorter.
status  shows what is cached, what is missing and why, the last run, and how much was served. --json is for programs.

Settings are METAL_API_IMAGE_CACHE_X, or flags: --max-cache-size 100G is METAL_API_IMAGE_CACHE_MAX_CACHE_SIZE=100G. Those
of metal-image-cache-sync, METAL_IMAGE_CACHE_SYNC_X and its config.yaml, are read, too.`;

/** Milliseconds for downloads of clients that are under way at the signal. */
const GRACE_MS = 30_000;
/** How often the run of another process is looked at, in milliseconds. */
const POLL_MS = 500;

const SWITCHES = ['force', 'all', 'json', 'dry-run', 'check-sha256'] as const;

/** Runs `image-cache`, `image-cache sync` or `image-cache status`. */
export async function run(args: readonly string[]): Promise<number> {
  const { action, flags, switches } = readArguments(args);
  if (action === 'status') return showStatus(loadImageCacheConfig(flags, process.env, false), switches);
  if (action === 'sync') return syncOnce(flags, switches.has('force'));
  return serve(loadImageCacheConfig(flags));
}

async function serve(config: ImageCacheConfig): Promise<number> {
  const log = logTo(createLogger(config.logLevel).child({ component: 'image-cache' }));
  restrictSecretFiles(config.secretFiles, (line) => log.warn(line));
  const cache = await opened(() => ImageCache.open(config, apiOf(config), systemClock, log));
  await cache.serve().catch(async (error: Error) => {
    await cache.close(0);
    throw new UsageError(error.message, { cause: error });
  });
  log.info(
    `serves ${Object.keys(config.caches)
      .map((kind) => `${kind} on port ${cache.port(kind as 'images')}`)
      .join(', ')}`,
  );
  const signal = await waitForSignal();
  log.info(`${signal}: lets downloads end, a second signal ends the process at once`);
  await cache.close(GRACE_MS);
  log.info('stopped');
  return 0;
}

/** By the process that runs, or else by this one. */
async function syncOnce(flags: Flags, force: boolean): Promise<number> {
  const { root } = loadImageCacheConfig(flags, process.env, false);
  const line = lineOf(process.stderr);
  if ((await askControl(root, 'GET', '/status')) !== undefined) {
    if (flags['dry-run'] !== undefined)
      throw new UsageError('the image cache runs with settings of its own, which --dry-run cannot change');
    return conclude(await followed(root, force, line));
  }
  const config = loadImageCacheConfig(flags);
  const log: AppLogger = {
    info: (message) => line(message, true),
    warn: (message, cause) => consoleLogger.warn(message, cause),
  };
  const cache = await opened(() => ImageCache.open(config, apiOf(config), systemClock, log, line));
  const stop = (): void => void cache.close(0);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const status = await cache.sync(force);
  await cache.close(0);
  return conclude(status);
}

/** Shows the progress of a run of another process. */
async function followed(root: string, force: boolean, line: ShowLine): Promise<CacheStatus> {
  const jobs = new Scheduler(() => undefined);
  jobs.every(POLL_MS, 'progress', async () => {
    const status = await askControl(root, 'GET', '/status');
    if (status?.download) line(downloadText(status.download), false);
  });
  try {
    const status = await askControl(root, 'POST', force ? '/sync?force' : '/sync');
    if (status === undefined) throw new UsageError('the image cache ended before its run did');
    return status;
  } finally {
    await jobs.stop();
    line('', false);
  }
}

function conclude(status: CacheStatus): number {
  console.log(statusText(status, true, false));
  return status.folders.some(({ report }) => (report?.problems.length ?? 0) > 0) ? 1 : 0;
}

async function showStatus(config: ImageCacheConfig, switches: ReadonlySet<string>): Promise<number> {
  const running = await askControl(config.root, 'GET', '/status').catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
  if (running === undefined && !existsSync(config.root))
    throw new UsageError(`${config.root} is not a folder, expected that of an image cache (--cache-root-path)`);
  const status = running ?? (await statusOnDisk(config));
  if (switches.has('json')) console.log(JSON.stringify({ isRunning: running !== undefined, ...status }, undefined, 2));
  else console.log(statusText(status, running !== undefined, switches.has('all')));
  return 0;
}

type ShowLine = (line: string, isLast: boolean) => void;

/** In a terminal one line that is redrawn; elsewhere whole lines, and none of what changes all the time. */
function lineOf(out: NodeJS.WriteStream): ShowLine {
  if (!out.isTTY) return (line, isLast) => void (isLast && out.write(`${line}\n`));
  return (line, isLast) => void out.write(`\r\u001b[K${line.slice(0, (out.columns || 80) - 1)}${isLast ? '\n' : ''}`);
}

const apiOf = ({ api }: ImageCacheConfig): RestClient =>
  new RestClient({ url: api.url, role: 'viewer', key: api.hmac });

/** What keeps a cache from its folder is for the operator to cure. */
async function opened(open: () => Promise<ImageCache>): Promise<ImageCache> {
  try {
    return await open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const expected = error instanceof OccupiedError || code !== undefined || message.includes('expected');
    throw expected ? new UsageError(message, { cause: error }) : error;
  }
}

type Flags = Readonly<Record<string, string | undefined>>;

function readArguments(args: readonly string[]): { action: string; flags: Flags; switches: ReadonlySet<string> } {
  const texts = [...IMAGE_CACHE_FLAGS, 'config'].filter((flag) => !(SWITCHES as readonly string[]).includes(flag));
  const options = Object.fromEntries<{ readonly type: 'string' | 'boolean' }>([
    ...texts.map((flag) => [flag, { type: 'string' }] as const),
    ...SWITCHES.map((flag) => [flag, { type: 'boolean' }] as const),
  ]);
  const { values, positionals } = parsed(args, options);
  const [action = 'serve', ...rest] = positionals;
  if (rest.length > 0 || !['serve', 'sync', 'status'].includes(action))
    throw new OptionError(`there is no "${positionals.join(' ')}", expected sync, status or nothing`);
  const given = Object.entries(values);
  return {
    action,
    flags: Object.fromEntries(given.map(([flag, value]) => [flag, String(value)])),
    switches: new Set(given.flatMap(([flag, value]) => (value === true ? [flag] : []))),
  };
}

function parsed(args: readonly string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options']) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new OptionError((error as Error).message);
  }
}

const logTo = (logger: PinoLogger): AppLogger => ({
  info: (message) => logger.info(message),
  warn: (message, cause) => logger.warn(cause instanceof Error ? `${message}: ${cause.message}` : message),
});
