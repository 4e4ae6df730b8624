import { readFileSync } from 'node:fs';
import type { Prefix } from '../shared/net/prefix.js';
import { quoteText } from '../shared/text.js';
import { bmcNetworks, cipherSuites, optionalListener } from './bmc-access-settings.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { logLevel } from './log-level.js';
import type { LogLevel } from './log-level.js';
import { consoleSecretFiles } from './setting-files.js';
import type { SettingFile } from './setting-files.js';

/** Settings of a console server, frozen. Durations in milliseconds. */
export interface ConsoleConfig {
  readonly logLevel: LogLevel;
  /** Where SSH is served; port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The API, with base path and slash; the key is of the role editor. */
  readonly api: { readonly url: string; readonly hmac: string };
  /** Holds the host key if no file is named. */
  readonly dataDir: string;
  readonly hostKeyFile: string | undefined;
  /** Files with secrets that settings name. */
  readonly secretFiles: readonly SettingFile[];
  /** Members may use all consoles; undefined: there are no operators. */
  readonly operatorGroup: string | undefined;
  /** Partitions whose machines are served; empty: all. */
  readonly partitions: readonly string[];
  readonly limits: {
    /** Open connections, in total and from one address. */
    readonly connections: number;
    readonly perAddress: number;
    /** Sessions on the console of one machine. */
    readonly perMachine: number;
  };
  /** Time from the connection to the open console. */
  readonly loginTime: number;
  /** Time without input after which a session ends. */
  readonly idleTimeout: number;
  /** How often the allocations of machines with sessions are looked at. */
  readonly checkInterval: number;
  /** Listener for metrics and health; undefined for none. */
  readonly status: { readonly host: string; readonly port: number } | undefined;
  /** Networks of the BMCs; undefined = private networks. */
  readonly bmcNetworks: readonly Prefix[] | undefined;
  /** Time for one ipmitool call. */
  readonly bmcTimeout: number;
  readonly ipmitool: {
    readonly program: string;
    readonly path?: string | undefined;
    readonly cipherSuites: readonly number[];
  };
}

const P = 'METAL_API_CONSOLE_';

/** Builds the configuration of a console server (docs/guide/serial-console.md#settings). Throws ConfigError with all violations. */
export function loadConsoleConfig(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): ConsoleConfig {
  const env = new Environment(variables);
  const config: ConsoleConfig = {
    logLevel: logLevel(env),
    listen: optionalListener(env, `${P}BIND_ADDR`) ?? { host: '0.0.0.0', port: 5222 },
    api: { url: apiUrl(env), hmac: apiHmac(env) },
    dataDir: env.text('METAL_API_DATA_DIR', 'data'),
    hostKeyFile: env.text(`${P}HOST_KEY_FILE`),
    secretFiles: consoleSecretFiles(env),
    operatorGroup: env.text(`${P}OPERATOR_GROUP`),
    partitions: env.list(`${P}PARTITIONS`),
    limits: {
      connections: env.integer(`${P}MAX_CONNECTIONS`, 256, { min: 1, max: 10_000 }),
      perAddress: env.integer(`${P}MAX_CONNECTIONS_PER_ADDRESS`, 16, { min: 1, max: 10_000 }),
      perMachine: env.integer(`${P}MAX_SESSIONS_PER_MACHINE`, 8, { min: 1, max: 1000 }),
    },
    loginTime: positive(env, 'LOGIN_TIMEOUT', 60_000),
    idleTimeout: positive(env, 'IDLE_TIMEOUT', 3_600_000),
    checkInterval: positive(env, 'CHECK_INTERVAL', 2000),
    status: optionalListener(env, `${P}STATUS_BIND_ADDR`),
    bmcNetworks: bmcNetworks(env, `${P}BMC_NETWORKS`),
    bmcTimeout: positive(env, 'BMC_TIMEOUT', 20_000),
    ipmitool: {
      program: env.text(`${P}IPMITOOL`, 'ipmitool'),
      path: env.text('PATH'),
      cipherSuites: cipherSuites(env, `${P}CIPHER_SUITES`),
    },
  };
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return Object.freeze(config);
}

/** From 10 ms to a day. */
function positive(env: Environment, name: string, otherwise: number): number {
  const value = env.duration(`${P}${name}`, otherwise);
  if (value >= 10 && value <= 86_400_000) return value;
  env.violation(`${P}${name} is ${quoteText(env.text(`${P}${name}`, ''))}, expected a duration from 10ms to 24h`);
  return otherwise;
}

function apiUrl(env: Environment): string {
  const text = env.text(`${P}API_URL`, '');
  if (text === '') {
    env.violation(`${P}API_URL is not set, expected the URL of the API such as https://api.example.com/metal`);
  } else if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    env.violation(`${P}API_URL is ${quoteText(text)}, expected a URL with http:// or https://`);
  }
  return text.replace(/\/*$/, '/');
}

/** The key itself, or the file that holds it. */
function apiHmac(env: Environment): string {
  const file = env.text(`${P}API_HMAC_FILE`);
  const key = env.text(`${P}API_HMAC`) ?? (file === undefined ? '' : secretOf(env, file));
  if (key === '')
    env.violation(`${P}API_HMAC is not set, expected the API's key of the role editor (or ${P}API_HMAC_FILE)`);
  return key;
}

function secretOf(env: Environment, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    env.violation(`${P}API_HMAC_FILE cannot be read: ${(error as Error).message}`);
    return ' ';
  }
}
