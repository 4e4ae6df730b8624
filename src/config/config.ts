import { deepFreeze } from '../shared/deep-freeze.js';
import { tryParseVersion } from '../shared/semver/version.js';
import { authSettings } from './auth-settings.js';
import type { AuthSettings } from './auth-settings.js';
import { backupSettings } from './backup-settings.js';
import type { BackupSettings } from './backup-settings.js';
import { natsSettings } from './bus-settings.js';
import type { NatsSettings } from './bus-settings.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { logLevel } from './log-level.js';
import type { LogLevel } from './log-level.js';
import { grpcSettings, httpSettings, metricsSettings } from './listener-settings.js';
import type { GrpcSettings, HttpSettings, MetricsSettings } from './listener-settings.js';
import { callerBinding } from './caller-binding.js';
import type { CallerBinding } from './caller-binding.js';
import { BMC_PASSWORD_BYTES, bytesOver } from '../shared/net/bmc-credentials.js';
import { headscaleSettings, s3Settings, secretFile } from './optional-services.js';
import type { HeadscaleSettings, S3Settings } from './optional-services.js';
import { poolSettings } from './pool-settings.js';
import type { PoolSettings } from './pool-settings.js';
import { tracingSettings } from './tracing-settings.js';
import type { TracingConfig } from './tracing-settings.js';
import { secretFiles } from './setting-files.js';
import type { SettingFile } from './setting-files.js';
import { storeSettings } from './store-settings.js';
import type { StoreSettings } from './store-settings.js';

/** All settings of a server, frozen. Only `loadConfig` reads the environment. Durations in milliseconds. */
export interface Config {
  readonly dev: boolean;
  readonly logLevel: LogLevel;
  readonly http: HttpSettings;
  readonly grpc: GrpcSettings;
  /** What installers must present to act for a machine. */
  readonly callerBinding: CallerBinding;
  readonly metrics: MetricsSettings;
  readonly store: StoreSettings;
  /** Files with secrets that settings name, among them the key file of the store. */
  readonly secretFiles: readonly SettingFile[];
  readonly bus: {
    /** undefined = in-process. */
    readonly nats: NatsSettings | undefined;
    /** Whether to take over the streams of another installation with the same name. */
    readonly takeOver: boolean;
    /** How long a power command may wait before it expires. */
    readonly commandTimeout: number;
  };
  readonly auth: AuthSettings;
  readonly allocation: {
    /** How long an allocation or release may take before the sweeper finishes or undoes it. */
    readonly timeout: number;
  };
  readonly bmc: {
    readonly superUserPassword: string | undefined;
    /** Whether machines may report loopback and link-local addresses of their BMCs. */
    readonly localAddresses: boolean;
  };
  readonly pools: PoolSettings;
  readonly auditing: {
    readonly enabled: boolean;
    /** Retention period of traces. */
    readonly retention: number;
    /** Maximum number of traces; the oldest are removed first. */
    readonly maxEntries: number;
    /** Number of calls per second and caller that are recorded in full. */
    readonly rate: number;
  };
  /** Object store for firmware; undefined = the feature is off. */
  readonly s3: S3Settings | undefined;
  /** The coordinator of the VPN of firewalls; undefined = the feature is off. */
  readonly headscale: HeadscaleSettings | undefined;
  /** undefined = no scheduled backups. */
  readonly backup: BackupSettings | undefined;
  /** Whether URLs of images, kernels and initial ramdisks must be reachable when they are registered. */
  readonly checkUrls: boolean;
  readonly tracing: TracingConfig;
  readonly version: { readonly minimumClient: string; readonly release: string | undefined };
}

/** Whether other processes may write to the same database. */
export const isDatabaseShared = (config: Config): boolean => config.store.engine === 'rethinkdb';

/** Builds the configuration from environment variables. Throws ConfigError with all violations. */
export function loadConfig(variables: Readonly<Record<string, string | undefined>> = process.env): Config {
  const env = new Environment(variables);
  const dev = env.boolean('METAL_API_DEV', false);
  const config: Config = {
    dev,
    logLevel: logLevel(env),
    http: httpSettings(env, dev),
    grpc: grpcSettings(env, dev),
    callerBinding: callerBinding(env),
    metrics: metricsSettings(env, dev),
    store: storeSettings(env, dev),
    secretFiles: secretFiles(env),
    bus: {
      nats: natsSettings(env),
      takeOver: env.boolean('METAL_API_INSTALLATION_TAKEOVER', false),
      commandTimeout: env.duration('METAL_API_COMMAND_TIMEOUT', 5 * 60_000),
    },
    auth: authSettings(env, dev),
    allocation: { timeout: env.duration('METAL_API_ALLOCATION_TIMEOUT', 60_000) },
    bmc: {
      superUserPassword: superUserPassword(env),
      localAddresses: env.boolean('METAL_API_BMC_LOCAL_ADDRESSES', dev),
    },
    pools: poolSettings(env),
    auditing: {
      enabled: env.boolean('METAL_API_AUDITING_ENABLED', false),
      retention: env.duration('METAL_API_AUDITING_RETENTION', 14 * 24 * 3_600_000),
      maxEntries: env.integer('METAL_API_AUDITING_MAX_ENTRIES', 5_000_000, { min: 1000, max: 1_000_000_000 }),
      rate: env.integer('METAL_API_AUDITING_RATE', 100, { min: 1, max: 100_000 }),
    },
    s3: s3Settings(env),
    headscale: headscaleSettings(env),
    backup: backupSettings(env),
    checkUrls: env.boolean('METAL_API_CHECK_URLS', false),
    tracing: tracingSettings(env, 'metal-api'),
    version: {
      minimumClient: minimumClient(env),
      release: env.text('METAL_API_RELEASE_VERSION'),
    },
  };
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return deepFreeze(config);
}

/** Reads the password from its file. A password that is too long for IPMI is a violation. */
function superUserPassword(env: Environment): string | undefined {
  const name = 'METAL_API_BMC_SUPERUSER_PWD_FILE';
  const password = secretFile(env, name);
  const tooLong = bytesOver('password', password ?? '', BMC_PASSWORD_BYTES);
  if (tooLong !== undefined) env.violation(`${name}: ${tooLong}`);
  return password;
}

/** Must be a full version: clients refuse to log in if they cannot parse it, and use it literally as a release name. */
function minimumClient(env: Environment): string {
  const name = 'METAL_API_MINIMUM_CLIENT_VERSION';
  const text = env.text(name, 'v0.0.1');
  const version = tryParseVersion(text);
  if (version === undefined || version.missing) {
    env.violation(`${name} is "${text}", expected a semantic version such as v0.18.0`);
  }
  return text;
}
