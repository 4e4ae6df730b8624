import { ConsoleApi } from '../agent/console/console-api.js';
import { ConsoleServer } from '../agent/console/console-server.js';
import { loadHostKey } from '../agent/console/host-key.js';
import type { HostKey } from '../agent/console/host-key.js';
import { createSolOpener } from '../agent/console/sol-opener.js';
import { startStatusServer } from '../agent/status/status-server.js';
import { loadConsoleConfig } from '../config/console-config.js';
import type { ConsoleConfig } from '../config/console-config.js';
import { ConsoleMetrics } from '../platform/telemetry/console-metrics.js';
import type { ConsoleState } from '../platform/telemetry/console-metrics.js';
import { createLogger } from '../platform/telemetry/logger.js';
import type { PinoLogger } from '../platform/telemetry/logger.js';
import { Scheduler } from '../shared/concurrency/scheduler.js';
import { systemClock } from '../shared/clock.js';
import type { AppLogger } from '../shared/app-logger.js';
import { readOptions } from './read-options.js';
import { restrictSecretFiles } from './restrict-secrets.js';
import { waitForSignal } from './signals.js';
import { UsageError } from './usage-error.js';

export const USAGE = `usage: metal-api console

Serves the serial consoles of machines by SSH, as "metalctl machine console" and "ssh -p 5222 MACHINE@HOST" use them,
until SIGTERM or SIGINT. Connects to BMCs by IPMI's serial over LAN. Requires METAL_API_CONSOLE_API_URL and
METAL_API_CONSOLE_API_HMAC; docs/guide/serial-console.md lists all settings.`;

/** Milliseconds after which a wrong password or token is refused. */
const REFUSAL_MS = 2000;
/** How often the API is asked whether it is well, in milliseconds. */
const PROBE_MS = 15_000;

/** Serves consoles until SIGTERM or SIGINT. */
export async function run(args: readonly string[]): Promise<number> {
  readOptions(args, {});
  const config = loadConsoleConfig();
  const log = logTo(createLogger(config.logLevel).child({ component: 'console' }));
  restrictSecretFiles(config.secretFiles, (line) => log.warn(line));
  const hostKey = hostKeyOf(config, log);
  const api = new ConsoleApi(config.api);
  let state = (): ConsoleState => ({ connections: 0, sessions: {} });
  const metrics = new ConsoleMetrics(() => state());
  const options = { ...config, hostKey, refusalTime: REFUSAL_MS };
  const server = new ConsoleServer(api, createSolOpener(api, config), options, metrics, systemClock, log);
  state = () => server.state;
  const probe = new Scheduler((_, error) => log.warn('the API does not answer', error));
  let problem = 'the API was not asked yet';
  probe.every(
    PROBE_MS,
    'health of the API',
    async () => {
      problem = await api.problem();
    },
    { first: 0 },
  );
  const health = () => ({ connected: problem === '', message: problem });
  const status = config.status && (await startStatusServer({ metrics, health }, config.status));
  const port = await server.listen(config.listen).catch((error: Error) => {
    throw new UsageError(error.message, { cause: error });
  });
  log.info(`serves consoles on port ${port}, host key ${hostKey.fingerprint}`);
  const signal = await waitForSignal();
  log.info(`${signal}: ending all sessions; a second signal exits immediately`);
  await server.close();
  await probe.stop();
  await status?.close();
  log.info('stopped');
  return 0;
}

function hostKeyOf(config: ConsoleConfig, log: AppLogger): HostKey {
  try {
    return loadHostKey(config.hostKeyFile, config.dataDir, (line) => log.info(line));
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

const logTo = (logger: PinoLogger): AppLogger => ({
  info: (message) => logger.info(message),
  warn: (message, cause) => logger.warn(cause instanceof Error ? `${message}: ${cause.message}` : message),
});
