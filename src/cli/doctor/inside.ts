import { existsSync, statfsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { ConfigError } from '../../config/config-error.js';
import { loadConfig } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import type { SettingFiles } from '../../config/setting-files.js';
import { NatsBus } from '../../platform/bus/nats/nats-bus.js';
import { checkFileMode, processOwner } from '../../platform/files/privacy.js';
import { createBareEngine } from '../../platform/store/create-engine.js';
import { sleep } from '../../shared/concurrency/timers.js';
import { fileValidity } from './certificates.js';
import { ok, problem, skipped, warning } from './finding.js';
import type { DoctorCheck, Result } from './finding.js';

/** Less free space than this is a problem, in bytes. */
const LEAST_FREE = 1024 * 1024 * 1024;
/** How long the broker may take to accept a connection, in milliseconds. */
const CONNECT_MS = 5_000;
/** A feed that lags more than this is a problem, in seconds. */
const LAG_SECONDS = 10;

/** Checks of the environment of a server on this host. Only the first one runs if the settings are not valid. */
export function insideChecks(files: SettingFiles): readonly DoctorCheck[] {
  const settings = readSettings();
  const { config } = settings;
  const checks: Record<string, DoctorCheck['run']> = {
    settings: () => Promise.resolve(settings.results),
    'secret files': () => Promise.resolve(secretFiles(files)),
    certificates: () => Promise.resolve(certificateFiles(files)),
  };
  if (config !== undefined) {
    checks['disk'] = () => Promise.resolve(disk(config));
    checks['database'] = (signal) => database(config, signal);
    checks['broker'] = (signal) => broker(config, signal);
    checks['feed'] = (signal) => feed(config, signal);
  }
  return Object.entries(checks).map(([check, run]) => ({ check, from: 'inside', run }));
}

function readSettings(): { config?: Config; results: readonly Result[] } {
  try {
    return { config: loadConfig(), results: [ok('all settings are valid')] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const next = 'Correct it (docs/settings.md), then run "metal-api doctor" again.';
    return { results: error.violations.map((violation) => problem(violation, next)) };
  }
}

function secretFiles({ secrets }: SettingFiles): readonly Result[] {
  const me = processOwner();
  if (me === undefined) return [skipped('this system has no file modes')];
  const present = secrets.filter(({ path }) => existsSync(path));
  if (present.length === 0) return [skipped('no setting names a file with a secret')];
  return present.map(({ name, path }) => {
    const stats = statSync(path);
    const verdict = checkFileMode(stats, 'file', me);
    if (verdict === 'fine' || verdict === 'accept') return ok(`${name} (${path}) is private`);
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
    return problem(
      `${name} (${path}) can be read by other users (mode ${mode})`,
      `Run "chmod go= ${path}" as its owner.`,
    );
  });
}

function certificateFiles({ certificates }: SettingFiles): readonly Result[] {
  if (certificates.length === 0) return [skipped('no setting names a certificate')];
  return certificates.flatMap(({ name, path }) =>
    fileValidity(
      name,
      path,
      'Replace the file and restart the server (docs/guide/certificates.md#replace-a-certificate).',
    ),
  );
}

function disk({ store }: Config): Result {
  if (store.engine === 'memory' || !existsSync(store.dataDir)) return skipped('there is no data folder yet');
  const { bavail, bsize, blocks } = statfsSync(store.dataDir);
  const said = `${(100 * bavail) / blocks < 1 ? '<1' : Math.floor((100 * bavail) / blocks)} % of the disk of ${store.dataDir} is free`;
  const next = `Free or add space: "du -sh ${store.dataDir}/*"; METAL_API_AUDITING_RETENTION shortens the audit trail.`;
  if (bavail * bsize < LEAST_FREE) return problem(said, next);
  return bavail / blocks < 0.1 ? warning(said, next) : ok(said);
}

async function database({ store }: Config, signal: AbortSignal): Promise<Result> {
  if (store.engine !== 'rethinkdb') return skipped(`${store.engine}: part of the process`);
  const { host, port } = store.rethinkdb;
  const address = `${host}:${port}`;
  const unreachable = await reach(host, port, signal);
  if (unreachable !== undefined) {
    return problem(
      `RethinkDB does not answer at ${address}: ${unreachable}`,
      `Start it, or correct METAL_API_DB_ADDR: "nc -vz ${host} ${port}" from this host.`,
    );
  }
  const engine = createBareEngine(store);
  try {
    return ok(`RethinkDB ${await engine.version()} answers at ${address}`);
  } catch (error) {
    return problem(
      `RethinkDB at ${address} refuses: ${(error as Error).message}`,
      'Compare METAL_API_DB_USER, METAL_API_DB_PASSWORD and the TLS settings; "metal-api migrate" creates the user metal.',
    );
  } finally {
    await engine.close().catch(() => undefined);
  }
}

/** Connects as the server does, and changes nothing. */
async function broker({ bus: { nats } }: Config, signal: AbortSignal): Promise<Result> {
  if (nats === undefined) {
    return warning(
      'no broker is configured: no command reaches a partition',
      'Set METAL_API_NATS_URL (docs/guide/broker.md).',
    );
  }
  const log = { info: () => undefined, warn: () => undefined };
  const bus = new NatsBus({ ...nats, name: 'metal-api', role: 'agent', log });
  try {
    const end = performance.now() + CONNECT_MS;
    while (!bus.state().connected && !signal.aborted && performance.now() < end) {
      if (/authoriz|permission|authent/i.test(bus.state().message)) break;
      await sleep(50);
    }
    if (bus.state().connected) return ok('the broker accepts the connection');
    return brokerProblem(bus.state().message);
  } finally {
    await bus.close();
  }
}

function brokerProblem(message: string): Result {
  return problem(
    `the broker does not accept the connection: ${message}`,
    'Compare METAL_API_NATS_URL, _NATS_USER, _NATS_PASSWORD and _NATS_CA_FILE with deploy/nats.conf, and look at its log.',
  );
}

/** The figures of the server on this host, if one runs. */
async function feed({ metrics }: Config, signal: AbortSignal): Promise<Result> {
  const host = metrics.host === '0.0.0.0' ? '127.0.0.1' : metrics.host;
  let text: string;
  try {
    text = await (await fetch(`http://${host}:${metrics.port}/metrics`, { signal })).text();
  } catch {
    return skipped(`no server of this host serves metrics on port ${metrics.port}`);
  }
  const behind = [...text.matchAll(/^metal_api_store_synced\{table="([^"]+)"\} 0$/gm)].map(([, table]) => table);
  const [, lag] = /^metal_api_store_feed_lag_seconds (\S+)$/m.exec(text) ?? [];
  if (lag === undefined) return skipped('the server on this host has no figures of the feed');
  if (behind.length === 0 && Number(lag) < LAG_SECONDS) return ok(`changes arrive after ${Number(lag).toFixed(3)} s`);
  const tables = behind.length > 0 ? `; out of sync: ${behind.join(', ')}` : '';
  return problem(
    `changes of the database arrive after ${Number(lag).toFixed(1)} s${tables}`,
    'If the database answers and other replicas are in sync, restart this server: "systemctl restart metal-api".',
  );
}

/** Resolves to the reason why no connection is possible; undefined if one is. */
function reach(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}
