import { parseArgs } from 'node:util';
import { natsSettings } from './bus-settings.js';
import type { NatsSettings } from './bus-settings.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { tlsFiles } from './tls-files.js';
import type { TlsFiles } from './tls-files.js';

/** Settings of a simulated partition from the command line, with secrets and the broker from the environment. */
export interface SimulatorConfig {
  readonly partition: string;
  readonly machines: number;
  readonly racks: number;
  readonly seed: number;
  /** Average duration of a boot step in milliseconds. */
  readonly stepTime: number;
  /** Probability that an installation crashes. */
  readonly crashes: number;
  /** Whether faults happen, by a schedule that the seed determines; requires the admin key. */
  readonly faults: boolean;
  /** Whether to print the schedule of faults and exit. */
  readonly plan: boolean;
  /** How much faster than the schedule time passes. */
  readonly faultSpeed: number;
  /** Milliseconds until the simulation ends by itself; undefined = at a signal. */
  readonly duration: number | undefined;
  /** How long server and partition have to agree after faults, in milliseconds. */
  readonly settleTime: number;
  /** Whether to create the master data that the simulated machines need; requires the admin key. */
  readonly installLab: boolean;
  /** Whether each machine has a real BMC in a separate process. */
  readonly ipmi: boolean;
  /** PATH to search for the programs of real BMCs. */
  readonly path: string;
  /** URL of the REST API, including the base path. */
  readonly url: string;
  /** gRPC host and port. */
  readonly grpc: string;
  /** Client certificate for gRPC; undefined = no encryption. */
  readonly tls: TlsFiles | undefined;
  readonly keys: { readonly editor: string; readonly admin: string };
  /** undefined = the partition receives no commands. */
  readonly nats: NatsSettings | undefined;
}

const OPTIONS = {
  partition: { type: 'string', default: 'lab' },
  machines: { type: 'string', default: '8' },
  racks: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  'step-time': { type: 'string', default: '2s' },
  crashes: { type: 'string', default: '0' },
  faults: { type: 'boolean', default: false },
  plan: { type: 'boolean', default: false },
  'fault-speed': { type: 'string', default: '1' },
  duration: { type: 'string' },
  'settle-time': { type: 'string', default: '3m' },
  'install-lab': { type: 'boolean', default: false },
  ipmi: { type: 'boolean', default: false },
  url: { type: 'string', default: 'http://127.0.0.1:8080/' },
  grpc: { type: 'string', default: '127.0.0.1:50051' },
} as const;

export const SIMULATOR_USAGE = `usage: metal-api simulate [--partition ID] [--machines N] [--racks N] [--seed N] [--step-time 2s]
       [--crashes 0.05] [--install-lab] [--ipmi] [--url URL] [--grpc HOST:PORT]
       [--duration 10m] [--faults [--fault-speed 1] [--settle-time 3m]]
       metal-api simulate --plan --duration 10m [--machines N] [--racks N] [--seed N] [--partition ID] [--fault-speed 1]

Runs a simulated partition against a server until SIGTERM or SIGINT, or for the given duration; prints the phases of its
machines.

--crashes is the probability that an installation crashes.
--faults lets events, BMCs, switches, links, machines, clocks and the whole partition fail, by a schedule that the seed
determines. At the end all faults stop, and the command reports whether server and partition agree, machine by machine:
it exits with 0 if they do within the settle time, otherwise with 1. --fault-speed shortens all times of the schedule.
--plan prints the schedule of faults, without a server.
--install-lab creates the master data that the machines need.
--ipmi gives every machine a real BMC (OpenIPMI's ipmi_sim on loopback), driven by ipmitool; at most 32 machines.

Environment: METAL_API_HMAC_EDIT_KEY; METAL_API_HMAC_ADMIN_KEY (with --install-lab or --faults); METAL_API_DEV=true for the keys of
dev mode; METAL_API_NATS_URL with user and password, without which the machines receive no commands;
METAL_API_GRPC_CA_CERT_FILE, METAL_API_GRPC_CLIENT_CERT_FILE and METAL_API_GRPC_CLIENT_KEY_FILE if the server requires
client certificates.`;

/** Reads the settings. Throws ConfigError with all violations, or TypeError for an unknown option. */
export function loadSimulatorConfig(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = process.env,
): SimulatorConfig {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const env = new Environment({ ...variables, ...named(values) });
  const dev = env.boolean('METAL_API_DEV', false);
  const crashes = Number(values.crashes);
  if (!(crashes >= 0 && crashes <= 1))
    env.violation(`--crashes is "${values.crashes}", expected a probability from 0 to 1`);
  const { faults, plan } = values;
  if (plan && values.duration === undefined) env.violation('--plan requires --duration, because schedules have no end');
  if (!/^.+:\d{1,5}$/.test(values.grpc)) env.violation(`--grpc is "${values.grpc}", expected host:port`);
  const url = values.url.endsWith('/') ? values.url : `${values.url}/`;
  if (!URL.canParse(url))
    env.violation(`--url is "${values.url}", expected a URL such as http://127.0.0.1:8080/metal/`);
  const config: SimulatorConfig = {
    partition: values.partition,
    machines: env.integer('--machines', 8, { min: 1, max: 20_000 }),
    racks: env.integer('--racks', 1, { min: 1, max: 1000 }),
    seed: env.integer('--seed', 1, { min: 0, max: 2 ** 31 }),
    stepTime: env.duration('--step-time', 2000),
    crashes,
    faults,
    plan,
    faultSpeed: env.integer('--fault-speed', 1, { min: 1, max: 1000 }),
    duration: values.duration === undefined ? undefined : env.duration('--duration', 0),
    settleTime: env.duration('--settle-time', 180_000),
    installLab: values['install-lab'],
    ipmi: values.ipmi,
    path: env.text('PATH', ''),
    url,
    grpc: values.grpc,
    tls: clientTls(env),
    keys: {
      editor: env.text('METAL_API_HMAC_EDIT_KEY', dev ? 'metal-edit' : ''),
      admin: env.text('METAL_API_HMAC_ADMIN_KEY', dev ? 'metal-admin' : ''),
    },
    nats: natsSettings(env),
  };
  if (!plan) requireKeys(config, env);
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return Object.freeze(config);
}

function requireKeys({ keys, installLab, faults }: SimulatorConfig, env: Environment): void {
  if (keys.editor === '') env.violation('METAL_API_HMAC_EDIT_KEY is not set, expected the HMAC key of the editor role');
  if (keys.admin !== '') return;
  if (installLab) env.violation('METAL_API_HMAC_ADMIN_KEY is not set, but --install-lab requires it');
  if (faults) env.violation('METAL_API_HMAC_ADMIN_KEY is not set, but --faults requires it');
}

const CLIENT_FILES = {
  ca: 'METAL_API_GRPC_CA_CERT_FILE',
  cert: 'METAL_API_GRPC_CLIENT_CERT_FILE',
  key: 'METAL_API_GRPC_CLIENT_KEY_FILE',
} as const;

/** Any of the three files enables TLS; then all of them are required. */
const clientTls = (env: Environment): TlsFiles | undefined =>
  Object.values(CLIENT_FILES).some((name) => env.text(name) !== undefined) ? tlsFiles(env, CLIENT_FILES) : undefined;

/** Options keyed by the names that messages use, e.g. `--racks`. */
const named = (values: Readonly<Record<string, string | boolean>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`--${name}`, String(value)]));
