import { redfishSettings } from './agent-redfish-settings.js';
import type { RedfishSettings } from './agent-redfish-settings.js';
import { reportSettings } from './agent-report-settings.js';
import type { ReportSettings } from './agent-report-settings.js';
import { bmcNetworks, cipherSuites, optionalListener } from './bmc-access-settings.js';
import { natsSettings } from './bus-settings.js';
import type { NatsSettings } from './bus-settings.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { filesOf } from './setting-files.js';
import type { SettingFile } from './setting-files.js';
import { tracingSettings } from './tracing-settings.js';
import type { TracingConfig } from './tracing-settings.js';
import type { Prefix } from '../shared/net/prefix.js';
import { logLevel } from './log-level.js';
import type { LogLevel } from './log-level.js';

const SECRETS = ['METAL_API_NATS_CREDS_FILE', 'METAL_API_NATS_KEY_FILE', 'METAL_API_AGENT_REPORT_PASSWORD_FILE'];

/** Settings of a partition agent, frozen. Durations in milliseconds. */
export interface AgentConfig {
  readonly partition: string;
  readonly logLevel: LogLevel;
  readonly tracing: TracingConfig;
  readonly nats: NatsSettings;
  /** Files with secrets that settings name. */
  readonly secretFiles: readonly SettingFile[];
  /** Maximum number of machines whose commands are executed concurrently. */
  readonly concurrency: number;
  /** Tries of one command before it is reported as failed. */
  readonly tries: number;
  /** Pause before the second try; doubles with every further try. */
  readonly retryPause: number;
  /** Networks of the partition's BMCs; undefined = private networks. */
  readonly bmcNetworks: readonly Prefix[] | undefined;
  /** Whether to use IPMI 1.5 with BMCs that are registered for it. */
  readonly allowIpmi15: boolean;
  /** Listener for metrics and health; undefined for none. */
  readonly status: { readonly host: string; readonly port: number } | undefined;
  readonly redfish: RedfishSettings;
  /** Undefined if the agent reports nothing about BMCs. */
  readonly report: ReportSettings | undefined;
  /** Time for one request to a BMC by Redfish, or for one ipmitool call. */
  readonly bmcTimeout: number;
  readonly ipmitool: {
    readonly program: string;
    readonly path: string | undefined;
    readonly cipherSuites: readonly number[];
  };
}

/** Builds an agent's configuration; `partition` comes from the command line. Throws ConfigError with all violations. */
export function loadAgentConfig(
  partition: string | undefined,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): AgentConfig {
  const env = new Environment(variables);
  const config: AgentConfig = {
    partition: partition ?? env.text('METAL_API_AGENT_PARTITION', ''),
    logLevel: logLevel(env),
    tracing: tracingSettings(env, 'metal-api-agent'),
    nats: natsSettings(env) ?? { url: '' },
    secretFiles: filesOf(env, SECRETS),
    concurrency: env.integer('METAL_API_AGENT_CONCURRENCY', 64, { min: 1, max: 1000 }),
    tries: env.integer('METAL_API_AGENT_TRIES', 4, { min: 1, max: 10 }),
    retryPause: env.duration('METAL_API_AGENT_RETRY_PAUSE', 3000),
    bmcNetworks: bmcNetworks(env, 'METAL_API_AGENT_BMC_NETWORKS'),
    allowIpmi15: env.boolean('METAL_API_AGENT_ALLOW_IPMI_1_5', false),
    status: optionalListener(env, 'METAL_API_AGENT_STATUS_BIND_ADDR'),
    redfish: redfishSettings(env),
    report: reportSettings(env),
    bmcTimeout: env.duration('METAL_API_AGENT_BMC_TIMEOUT', 20_000),
    ipmitool: {
      program: env.text('METAL_API_AGENT_IPMITOOL', 'ipmitool'),
      path: env.text('PATH'),
      cipherSuites: cipherSuites(env, 'METAL_API_AGENT_CIPHER_SUITES'),
    },
  };
  if (config.partition === '')
    env.violation('the partition is not set, expected --partition ID or METAL_API_AGENT_PARTITION');
  if (config.nats.url === '')
    env.violation('METAL_API_NATS_URL is not set, expected a URL such as nats://localhost:4222');
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return Object.freeze(config);
}
