import { IpmiBmc } from '../agent/bmc/ipmi-bmc.js';
import { ManagementNetworks } from '../agent/bmc/management-networks.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from '../agent/bmc/ipmitool.js';
import { PartitionAgent } from '../agent/partition-agent.js';
import { loadAgentConfig } from '../config/agent-config.js';
import type { AgentConfig } from '../config/agent-config.js';
import { agentName } from '../platform/bus/nats/subjects.js';
import { NatsBus } from '../platform/bus/nats/nats-bus.js';
import { createLogger } from '../platform/telemetry/logger.js';
import type { Logger } from '../platform/telemetry/logger.js';
import { systemClock } from '../shared/clock.js';
import type { Log } from '../shared/log.js';
import { readOptions } from './read-options.js';
import { untilSignal } from './until-signal.js';

export const USAGE = `usage: metal-api agent --partition ID

Carries out the commands of one partition on its BMCs by ipmitool, until SIGTERM or SIGINT. Takes METAL_API_NATS_URL and
further settings, see docs/partition-agent.md; METAL_API_AGENT_PARTITION stands in for --partition.`;

const OPTIONS = { partition: { type: 'string', short: 'p' } } as const;

/** How long commands under way may take to finish after the signal, in milliseconds. */
const GRACE_MS = 60_000;

/** Carries out the commands of one partition until SIGTERM or SIGINT. */
export async function run(args: readonly string[]): Promise<number> {
  const config = loadAgentConfig(readOptions(args, OPTIONS).partition);
  const logger = createLogger(config.logLevel).child({ component: 'agent', partition: config.partition });
  const log = logTo(logger);
  const name = agentName(config.partition);
  const bus = new NatsBus({ ...config.nats, name, role: 'agent', log });
  const { partition, concurrency, tries, retryPause: retryMs, allowIpmi15 } = config;
  const networks = new ManagementNetworks(config.bmcNetworks);
  const options = { partition, concurrency, tries, retryMs, networks, allowIpmi15 };
  if (allowIpmi15)
    log.warn('METAL_API_AGENT_ALLOW_IPMI_1_5: BMCs registered for IPMI 1.5 get their password unprotected');
  const agent = new PartitionAgent(bus, new IpmiBmc(ipmitoolOf(config)), options, systemClock, log);
  agent.start();
  log.info('waits for commands');
  const signal = await untilSignal();
  log.info(`${signal}: finishes what is under way, a second signal ends the process at once`);
  await Promise.race([agent.stop(), grace(log)]);
  await bus.close();
  log.info('stopped');
  return 0;
}

function ipmitoolOf({ ipmitool }: AgentConfig): Ipmitool {
  const { program, path = IPMITOOL_DEFAULTS.path, cipherSuites, timeout: timeoutMs } = ipmitool;
  return new Ipmitool({ ...IPMITOOL_DEFAULTS, program, path, cipherSuites, timeoutMs });
}

/** What is not finished by then is delivered again to the next agent. */
const grace = (log: Log): Promise<void> =>
  new Promise((resolve) =>
    setTimeout(() => (log.warn(`not finished within ${GRACE_MS} ms`), resolve()), GRACE_MS).unref(),
  );

const logTo = (logger: Logger): Log => ({
  info: (message) => logger.info(message),
  warn: (message, cause) =>
    logger.warn(
      cause === undefined ? message : `${message}: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`,
    ),
});
