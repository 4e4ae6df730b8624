import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { after } from '../shared/concurrency/timers.js';
import { loadConfig } from '../config/config.js';
import type { Config } from '../config/config.js';
import { GrpcServer } from '../platform/grpc/grpc-server.js';
import { createLogger } from '../platform/telemetry/logger.js';
import type { PinoLogger } from '../platform/telemetry/logger.js';
import { startMetricsServer } from '../platform/telemetry/metrics-server.js';
import type { MetricsServer } from '../platform/telemetry/metrics-server.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { readBuild } from '../modules/version/build-info.js';
import { startTracing, stopTracing } from '../platform/tracing/spans.js';
import { migrateAtStart } from './migrate.js';
import { restrictSecrets } from './restrict-secrets.js';
import { readOptions } from './read-options.js';
import { SIGNALS } from './signals.js';
import { UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api serve

Runs the server until SIGTERM or SIGINT; a second signal exits immediately. All settings are environment variables
METAL_API_…, see docs/settings.md; METAL_API_DEV=true is enough to try it on loopback.`;

/** Milliseconds that requests in flight may take to finish after the signal. */
const GRACE = 25_000;

/** Runs the server until a signal; resolves to 0 after an orderly shutdown. */
export async function run(args: readonly string[]): Promise<number> {
  readOptions(args, {});
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const stopping = stopSignal(logger);
  exitOnBugs(logger);
  restrictSecrets(config, (line) => logger.warn(line));
  if (!config.store.encryption.enabled) logger.warn('METAL_API_ENCRYPTION is "off": secrets are stored as plain texts');
  const whileWaiting = { waiting: (reason: string) => logger.warn(reason), signal: stopping };
  const isMigrated = await unlessStopped(
    stopping,
    migrateAtStart(config, (line) => logger.info(`migration: ${line}`), whileWaiting),
  );
  if (!isMigrated) return 0;
  await startTracing(config.tracing, readBuild().version);
  const metrics = new Metrics();
  const { createApp } = await import('../app.js'); // takes most of the start: wrong settings are reported before it
  const app = await createApp(config, { logger, metrics });
  let scraping: MetricsServer | undefined;
  try {
    scraping = await listening(config.metrics, 'METAL_API_METRICS_SERVER_BIND_ADDR', () =>
      startMetricsServer(metrics, config.metrics),
    );
    const opened = listening(config.http, 'METAL_API_PORT', () => app.listen(config.http.port, config.http.host));
    if (!(await unlessStopped(stopping, opened))) return 0;
    const grpcPort = await listening(config.grpc, 'METAL_API_GRPC_PORT', () => app.get(GrpcServer).start());
    warnOfOpenDoors(config, logger);
    const ports = { grpcPort, metricsPort: scraping.port };
    logger.info({ url: await app.getUrl(), basePath: config.http.basePath, ...ports }, 'serving');
    await aborted(stopping);
    return 0;
  } finally {
    await close(app, logger);
    await scraping?.close();
    await stopTracing();
  }
}

/** Warns at each start about protection that the operator has switched off. */
function warnOfOpenDoors({ grpc, bmc }: Config, logger: PinoLogger): void {
  if (!grpc.insecure) return;
  logger.warn(
    `gRPC on ${grpc.host} is open to every host in the network (METAL_API_GRPC_INSECURE=true): any host can register ` +
      'machines and send reports for them; docs/guide/grpc.md explains how to require certificates',
  );
  if (grpc.superUserPassword && bmc.superUserPassword) {
    logger.warn(
      'every host in the network can read the password of the BMC super user (METAL_API_GRPC_SUPERUSER_PASSWORD=true)',
    );
  }
}

/** Binding is the most frequent failure at start-up: converts it to a UsageError that names the setting to change. */
async function listening<T>(at: { host: string; port: number }, setting: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const { code, port, syscall } = error as NodeJS.ErrnoException & { port?: number };
    if (syscall !== 'listen' || (port !== undefined && port !== at.port)) throw error;
    const reason = code === 'EADDRINUSE' ? 'the address is in use' : String(code);
    throw new UsageError(
      `cannot listen on ${at.host}:${at.port}: ${reason}; change ${setting} or stop the other process`,
    );
  }
}

/** Aborted by the first of `SIGNALS`; the second one exits the process immediately. */
function stopSignal(logger: PinoLogger): AbortSignal {
  const stopping = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(1);
    logger.info({ signal }, 'stopping; a second signal exits immediately');
    stopping.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return stopping.signal;
}

/**
 * Waits for a step of the start; false if the process is to stop before it has ended, as it may wait for a database
 * forever.
 */
function unlessStopped(stopping: AbortSignal, step: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    void aborted(stopping).then(() => resolve(false));
    step.then(() => resolve(true), reject); // later outcomes do not count
  });
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

/** Stops accepting connections, ends streams, finishes requests, closes bus and store, in Nest's shutdown order. */
async function close(app: NestFastifyApplication, logger: PinoLogger): Promise<void> {
  const overdue = (): void => {
    logger.fatal(`not finished within ${GRACE} ms`);
    logger.flush(() => process.exit(1));
  };
  const cancel = after(GRACE, overdue, { keepsAlive: true });
  await app.close();
  cancel();
  logger.info('stopped');
}

/** Logs an uncaught error and exits, because the state of the process is then undefined. */
function exitOnBugs(logger: PinoLogger): void {
  process.on('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'uncaught error');
    process.exit(1);
  });
}
