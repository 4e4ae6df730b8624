import { parseArgs } from 'node:util';
import { IpmiBmc } from '../agent/bmc/ipmi-bmc.js';
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
import { untilSignal } from './until-signal.js';
import { UsageError } from './usage-error.js';

/** How long commands under way may take to finish after the signal, in milliseconds. */
const GRACE_MS = 60_000;

/** Carries out the commands of one partition until SIGTERM or SIGINT. */
export async function run(args: readonly string[]): Promise<number> {
  const config = loadAgentConfig(partitionOf(args));
  const logger = createLogger(config.logLevel).child({ component: 'agent', partition: config.partition });
  const log = logTo(logger);
  const name = agentName(config.partition);
  const bus = new NatsBus({ ...config.nats, name, role: 'agent', log });
  const { partition, concurrency, tries, retryPause: retryMs } = config;
  const options = { partition, concurrency, tries, retryMs };
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

function partitionOf(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { partition: { type: 'string', short: 'p' } } }).values.partition;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; usage: metal-api agent --partition ID`);
  }
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
