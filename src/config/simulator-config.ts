import { parseArgs } from 'node:util';
import { natsSettings } from './bus-settings.js';
import type { NatsSettings } from './bus-settings.js';
import { ConfigError } from './config-error.js';
import { Environment } from './environment.js';
import { tlsFiles } from './tls-files.js';
import type { TlsFiles } from './tls-files.js';

/** Settings of a simulated partition, from the command line; secrets and the broker from the environment. */
export interface SimulatorConfig {
  readonly partition: string;
  readonly machines: number;
  readonly racks: number;
  readonly seed: number;
  /** Milliseconds that one step of a machine's boot takes on average. */
  readonly stepTime: number;
  /** Probability that an installer crashes. */
  readonly faults: number;
  /** Create the master data that the simulated machines need; takes the admin's key. */
  readonly installLab: boolean;
  /** Give every machine a BMC in a process of its own. */
  readonly ipmi: boolean;
  /** PATH on which the programs of real BMCs are looked for. */
  readonly path: string;
  /** REST address with base path. */
  readonly url: string;
  /** gRPC host and port. */
  readonly grpc: string;
  /** The certificate with which gRPC is called; undefined = without encryption. */
  readonly tls?: TlsFiles;
  readonly keys: { readonly editor: string; readonly admin: string };
  /** undefined = the partition gets no commands. */
  readonly nats?: NatsSettings;
}

const OPTIONS = {
  partition: { type: 'string', default: 'lab' },
  machines: { type: 'string', default: '8' },
  racks: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  'step-time': { type: 'string', default: '2s' },
  faults: { type: 'string', default: '0' },
  'install-lab': { type: 'boolean', default: false },
  ipmi: { type: 'boolean', default: false },
  url: { type: 'string', default: 'http://127.0.0.1:8080/' },
  grpc: { type: 'string', default: '127.0.0.1:50051' },
} as const;

export const SIMULATOR_USAGE = `usage: metal-api simulate [--partition ID] [--machines N] [--racks N] [--seed N] [--step-time 2s]
       [--faults 0.05] [--install-lab] [--ipmi] [--url URL] [--grpc HOST:PORT]

--ipmi gives every machine a BMC of its own (OpenIPMI's ipmi_sim on loopback), driven by ipmitool; 32 machines at most.

Environment: METAL_API_HMAC_EDIT_KEY, METAL_API_HMAC_ADMIN_KEY (with --install-lab), METAL_API_NATS_URL and its user and
password, without which the machines get no commands; METAL_API_DEV=true for the keys of dev mode.
METAL_API_GRPC_CA_CERT_FILE, METAL_API_GRPC_CLIENT_CERT_FILE and METAL_API_GRPC_CLIENT_KEY_FILE for a server whose gRPC port wants certificates.`;

/** Reads the settings. Throws ConfigError with all violations, TypeError for an unknown option. */
export function loadSimulatorConfig(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>> = process.env,
): SimulatorConfig {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const env = new Environment({ ...variables, ...named(values) });
  const dev = env.boolean('METAL_API_DEV', false);
  const faults = Number(values.faults);
  if (!(faults >= 0 && faults <= 1))
    env.violation(`--faults is "${values.faults}", expected a probability from 0 to 1`);
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
    faults,
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
  if (config.keys.editor === '') env.violation('METAL_API_HMAC_EDIT_KEY is not set, expected the key of the server');
  if (config.installLab && config.keys.admin === '')
    env.violation('METAL_API_HMAC_ADMIN_KEY is not set, --install-lab needs it');
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return Object.freeze(config);
}

const CLIENT_FILES = {
  ca: 'METAL_API_GRPC_CA_CERT_FILE',
  cert: 'METAL_API_GRPC_CLIENT_CERT_FILE',
  key: 'METAL_API_GRPC_CLIENT_KEY_FILE',
} as const;

/** One of the files switches TLS on; then all three are needed. */
const clientTls = (env: Environment): TlsFiles | undefined =>
  Object.values(CLIENT_FILES).some((name) => env.text(name) !== undefined) ? tlsFiles(env, CLIENT_FILES) : undefined;

/** Options under the names that messages call them by. */
const named = (values: Readonly<Record<string, string | boolean>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`--${name}`, String(value)]));
