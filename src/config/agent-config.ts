import { natsSettings } from './bus-settings.js';
import type { NatsSettings } from './bus-settings.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { Prefix } from '../shared/net/prefix.js';
import { logLevel } from './log-level.js';
import type { LogLevel } from './log-level.js';

/** Settings of a partition's agent, frozen. Durations in milliseconds. */
export interface AgentConfig {
  readonly partition: string;
  readonly logLevel: LogLevel;
  readonly nats: NatsSettings;
  /** Machines whose commands are carried out side by side. */
  readonly concurrency: number;
  /** Tries of one command before it is reported as failed. */
  readonly tries: number;
  /** Pause before the second try; doubled each time. */
  readonly retryPause: number;
  /** Networks of the partition's BMCs; undefined = private ones. */
  readonly bmcNetworks: readonly Prefix[] | undefined;
  /** Speak IPMI 1.5 with BMCs that are registered for it. */
  readonly allowIpmi15: boolean;
  readonly ipmitool: {
    readonly program: string;
    readonly path?: string;
    readonly cipherSuites: readonly number[];
    /** How long one call of ipmitool may take. */
    readonly timeout: number;
  };
}

/** Builds an agent's configuration; `partition` is from the command line. Throws ConfigError with all violations. */
export function loadAgentConfig(
  partition: string | undefined,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): AgentConfig {
  const env = new Environment(variables);
  const config: AgentConfig = {
    partition: partition ?? env.text('METAL_API_AGENT_PARTITION', ''),
    logLevel: logLevel(env),
    nats: natsSettings(env) ?? { url: '' },
    concurrency: env.integer('METAL_API_AGENT_CONCURRENCY', 64, { min: 1, max: 1000 }),
    tries: env.integer('METAL_API_AGENT_TRIES', 4, { min: 1, max: 10 }),
    retryPause: env.duration('METAL_API_AGENT_RETRY_PAUSE', 3000),
    bmcNetworks: bmcNetworks(env),
    allowIpmi15: env.boolean('METAL_API_AGENT_ALLOW_IPMI_1_5', false),
    ipmitool: {
      program: env.text('METAL_API_AGENT_IPMITOOL', 'ipmitool'),
      path: env.text('PATH'),
      cipherSuites: cipherSuites(env),
      timeout: env.duration('METAL_API_AGENT_BMC_TIMEOUT', 20_000),
    },
  };
  if (config.partition === '')
    env.violation('the partition is not set, expected --partition ID or METAL_API_AGENT_PARTITION');
  if (config.nats.url === '')
    env.violation('METAL_API_NATS_URL is not set, expected a URL such as nats://localhost:4222');
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return Object.freeze(config);
}

function cipherSuites(env: Environment): readonly number[] {
  const list = env.list('METAL_API_AGENT_CIPHER_SUITES');
  if (list.length === 0) return [17, 3];
  if (!list.every((text) => /^\d{1,2}$/.test(text))) {
    env.violation(
      `METAL_API_AGENT_CIPHER_SUITES is "${list.join(',')}", expected numbers of IPMI cipher suites such as 17,3`,
    );
  } else if (list.some((text) => Number(text) === 0)) {
    env.violation('METAL_API_AGENT_CIPHER_SUITES has suite 0, which authenticates nothing: leave it out');
  }
  return list.map(Number);
}

function bmcNetworks(env: Environment): readonly Prefix[] | undefined {
  const list = env.list('METAL_API_AGENT_BMC_NETWORKS');
  const wrong = list.find((text) => Prefix.tryParse(text) === undefined);
  if (wrong !== undefined) {
    env.violation(`METAL_API_AGENT_BMC_NETWORKS has "${wrong}", expected prefixes such as 10.1.0.0/16,fd00:1::/64`);
    return undefined;
  }
  return list.length === 0 ? undefined : list.map((text) => Prefix.parse(text).masked());
}
