import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.js';
import { loadConfig } from '../config/config.js';
import type { Config } from '../config/config.js';
import { GrpcServer } from '../platform/grpc/grpc-server.js';
import { createLogger } from '../platform/telemetry/logger.js';
import type { Logger } from '../platform/telemetry/logger.js';
import { startMetricsServer } from '../platform/telemetry/metrics-server.js';
import type { MetricsServer } from '../platform/telemetry/metrics-server.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { migrateAtStart } from './migrate.js';
import { keepDataPrivate } from './private-data.js';
import { readOptions } from './read-options.js';
import { UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api serve

Runs the server until SIGTERM or SIGINT; a second signal ends it at once. All settings are environment variables
METAL_API_…, see README.md; METAL_API_DEV=true is enough to try it on loopback.`;

/** How long requests under way may take to finish after the signal, in milliseconds. */
const GRACE = 25_000;

/** Runs the server until it is told to stop; resolves to 0 when everything was finished in order. */
export async function run(args: readonly string[]): Promise<number> {
  readOptions(args, {});
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const stopped = stopSignal(logger);
  exitOnBugs(logger);
  keepDataPrivate(config, (line) => logger.warn(line));
  await migrateAtStart(config, (line) => logger.info(`migration: ${line}`));
  const metrics = new Metrics();
  const app = await createApp(config, { logger, metrics });
  let scraping: MetricsServer | undefined;
  try {
    scraping = await listening(config.metrics, 'METAL_API_METRICS_SERVER_BIND_ADDR', () =>
      startMetricsServer(metrics, config.metrics),
    );
    await listening(config.http, 'METAL_API_PORT', () => app.listen(config.http.port, config.http.host));
    const grpcPort = await listening(config.grpc, 'METAL_API_GRPC_PORT', () => app.get(GrpcServer).start());
    warnOfOpenDoors(config, logger);
    const ports = { grpcPort, metricsPort: scraping.port };
    logger.info({ url: await app.getUrl(), basePath: config.http.basePath, ...ports }, 'serving');
    await stopped;
    return 0;
  } finally {
    await close(app, logger);
    await scraping?.close();
  }
}

/** Repeats at each start which protection the operator has switched off. */
function warnOfOpenDoors({ grpc, bmc }: Config, logger: Logger): void {
  if (!grpc.insecure) return;
  logger.warn(
    `gRPC on ${grpc.host} is open to every host in the network (METAL_API_GRPC_INSECURE=true): each can register ` +
      'machines and report for them; docs/grpc.md explains how to require certificates',
  );
  if (grpc.superUserPassword && bmc.superUserPassword) {
    logger.warn(
      "every host in the network can read the password of the BMCs' super user (METAL_API_GRPC_SUPERUSER_PASSWORD=true)",
    );
  }
}

/** Binding is what fails most often at start: say which setting to change. */
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

/** Resolves at the first SIGTERM or SIGINT; the second one ends the process at once. */
function stopSignal(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let seen = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (seen) process.exit(1);
      seen = true;
      logger.info({ signal }, 'stopping; a second signal ends the process at once');
      resolve();
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
}

/** Stops accepting, ends streams, finishes requests, closes bus and store: Nest's shutdown order. */
async function close(app: NestFastifyApplication, logger: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    logger.fatal(`not finished within ${GRACE} ms`);
    logger.flush(() => process.exit(1));
  }, GRACE);
  await app.close();
  clearTimeout(deadline);
  logger.info('stopped');
}

/** The state of a process after an error that nobody caught is unknown: it says so and ends. */
function exitOnBugs(logger: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'uncaught error');
    process.exit(1);
  });
}
