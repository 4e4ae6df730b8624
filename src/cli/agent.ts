import { endsWithin } from '../shared/concurrency/deadline.js';
import { createBmcDriver } from '../agent/bmc-driver-factory.js';
import { ManagementNetworks } from '../agent/bmc/management-networks.js';
import { createBmcReporter } from '../agent/bmc-reporter-factory.js';
import { PartitionAgent } from '../agent/partition-agent.js';
import type { AgentOptions } from '../agent/partition-agent.js';
import { agentStatus } from '../agent/status/agent-status.js';
import { startStatusServer } from '../agent/status/status-server.js';
import { loadAgentConfig } from '../config/agent-config.js';
import { agentName } from '../platform/bus/nats/subjects.js';
import { NatsBus } from '../platform/bus/nats/nats-bus.js';
import { createLogger } from '../platform/telemetry/logger.js';
import type { PinoLogger } from '../platform/telemetry/logger.js';
import { readBuild } from '../modules/version/build-info.js';
import { startTracing, stopTracing } from '../platform/tracing/spans.js';
import { systemClock } from '../shared/clock.js';
import type { AppLogger } from '../shared/app-logger.js';
import { readOptions } from './read-options.js';
import { restrictSecretFiles } from './restrict-secrets.js';
import { waitForSignal } from './signals.js';

export const USAGE = `usage: metal-api agent --partition ID

Executes the commands of one partition on its BMCs, by Redfish or IPMI, until SIGTERM or SIGINT. Requires
METAL_API_NATS_URL; docs/guide/partition-agent.md lists all settings. METAL_API_AGENT_PARTITION replaces --partition.`;

const OPTIONS = { partition: { type: 'string', short: 'p' } } as const;

/** Milliseconds that commands in progress may take to finish after the signal. */
const GRACE_MS = 60_000;

/** Executes the commands of one partition until SIGTERM or SIGINT. */
export async function run(args: readonly string[]): Promise<number> {
  const config = loadAgentConfig(readOptions(args, OPTIONS).partition);
  const logger = createLogger(config.logLevel).child({ component: 'agent', partition: config.partition });
  const log = logTo(logger);
  restrictSecretFiles(config.secretFiles, (line) => log.warn(line));
  await startTracing(config.tracing, readBuild().version);
  const name = agentName(config.partition);
  const bus = new NatsBus({ ...config.nats, name, role: 'agent', log });
  const { partition, concurrency, tries, retryPause: retryMs, allowIpmi15 } = config;
  const networks = new ManagementNetworks(config.bmcNetworks);
  const options = { partition, concurrency, tries, retryMs, networks, allowIpmi15 };
  if (allowIpmi15)
    log.warn('METAL_API_AGENT_ALLOW_IPMI_1_5: passwords are sent unprotected to BMCs registered for IPMI 1.5');
  if (config.redfish.trust.mode === 'any') {
    log.warn(
      'METAL_API_AGENT_REDFISH_TRUST=any: passwords are sent to any device that answers at the address of a BMC',
    );
  }
  const bmc = createBmcDriver(config, log);
  const reporter = config.report && createBmcReporter(config.report, { partition, networks, bmc, log });
  const status = agentStatus(bus, reporter);
  const onEnd: AgentOptions['onEnd'] = (command, state) => status.metrics.observeCommand(command, state);
  const agent = new PartitionAgent(bus, bmc, { ...options, onEnd }, systemClock, log);
  const listener = config.status && (await startStatusServer(status, config.status));
  agent.start();
  reporter?.start();
  log.info('waiting for commands');
  const signal = await waitForSignal();
  log.info(`${signal}: finishing commands in progress; a second signal exits immediately`);
  // Unfinished commands are redelivered to the next agent.
  if (!(await endsWithin(Promise.all([agent.stop(), reporter?.stop()]), GRACE_MS))) {
    log.warn(`not finished within ${GRACE_MS} ms`);
  }
  await bus.close();
  await listener?.close();
  await stopTracing();
  log.info('stopped');
  return 0;
}

const logTo = (logger: PinoLogger): AppLogger => ({
  info: (message) => logger.info(message),
  warn: (message, cause) =>
    logger.warn(
      cause === undefined ? message : `${message}: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`,
    ),
});
