import { readFileSync } from 'node:fs';
import { readVersion } from '../shared/semver/version.js';
import { Environment } from './environment.js';
import { keyPolicyViolation } from './key-policy.js';

/** Age limit and secret of one HMAC type (reference/40 §2.2). Lifetime in milliseconds, 0 = no age check. */
export interface HmacKey {
  readonly key: string;
  readonly lifetime: number;
}

/** One OIDC issuer whose tokens are accepted (reference/40 §2.3). */
export interface OidcIssuer {
  readonly url: string;
  readonly clientId: string;
  readonly tenant: string;
  readonly directoryType: 'ldap' | 'ad';
}

/** All settings of a process, frozen. The only reader of the environment is `loadConfig`. Durations in milliseconds. */
export interface Config {
  readonly dev: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly basePath: string;
    readonly maxBodyBytes: number;
  };
  readonly grpc: {
    readonly host: string;
    readonly port: number;
    /** PEM contents; undefined = no TLS. */
    readonly tls?: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
  };
  readonly metrics: { readonly host: string; readonly port: number };
  readonly store: {
    readonly engine: 'embedded' | 'rethinkdb' | 'memory';
    readonly dataDir: string;
    readonly rethinkdb: {
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string;
    };
  };
  readonly bus: {
    /** undefined = in-process. */
    readonly natsUrl?: string;
    readonly natsUser?: string;
    readonly natsPassword?: string;
    readonly natsCredsFile?: string;
    readonly natsCaFile?: string;
    /** How long a power command may wait before it is no longer carried out. */
    readonly commandTimeout: number;
  };
  readonly auth: {
    readonly providerTenant: string;
    readonly hmac: { readonly view: HmacKey; readonly edit: HmacKey; readonly admin: HmacKey };
    /** What happens to a signature that was used before (see `HmacAuthenticator`). */
    readonly hmacReplays: (typeof REPLAYS)[number];
    readonly oidcIssuers: readonly OidcIssuer[];
    /** Signs the server's own API tokens; undefined = a generated key in the data folder. */
    readonly tokenKey?: string;
    readonly passwordReasonMinLength: number;
  };
  readonly allocation: {
    /** How long an allocation or release may take before the sweeper finishes or undoes it. */
    readonly timeout: number;
  };
  readonly bmc: { readonly superUserPassword?: string };
  readonly pools: { readonly asnReserved: readonly string[]; readonly vrfReserved: readonly string[] };
  readonly auditing: {
    readonly enabled: boolean;
    /** How long traces are kept. */
    readonly retention: number;
  };
  /** Where firmware lies; undefined = the feature is off. */
  readonly s3?: { readonly address: string; readonly key: string; readonly secret: string; readonly bucket: string };
  /** The coordinator of the VPN of firewalls; undefined = the feature is off. */
  readonly headscale?: {
    /** URL of its HTTP API. */
    readonly url: string;
    /** Where firewalls and operators join. */
    readonly controlPlane: string;
    readonly apiKey: string;
  };
  /** Whether the URLs of images, kernels and initial ramdisks must answer when they are registered. */
  readonly checkUrls: boolean;
  readonly version: { readonly minimumClient: string; readonly release?: string };
}

/** True when other processes may write to the same database. */
export const isShared = (config: Config): boolean => config.store.engine === 'rethinkdb';

/** Reports every violation of the environment at once. */
export class ConfigError extends Error {
  constructor(readonly violations: readonly string[]) {
    super(`the configuration is not valid:\n${violations.map((text) => `  - ${text}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Builds the configuration from environment variables. Throws ConfigError with all violations. */
export function loadConfig(variables: Readonly<Record<string, string | undefined>> = process.env): Config {
  const env = new Environment(variables);
  const dev = env.boolean('METAL_API_DEV', false);
  const config: Config = {
    dev,
    logLevel: env.oneOf('METAL_API_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
    http: httpSettings(env, dev),
    grpc: {
      host: dev ? '127.0.0.1' : env.text('METAL_API_GRPC_BIND_ADDR', '0.0.0.0'),
      port: env.integer('METAL_API_GRPC_PORT', 50051, PORT),
      tls: grpcTls(env),
    },
    metrics: address(env, 'METAL_API_METRICS_SERVER_BIND_ADDR', ':2112', dev),
    store: storeSettings(env),
    bus: {
      natsUrl: env.text('METAL_API_NATS_URL'),
      natsUser: env.text('METAL_API_NATS_USER'),
      natsPassword: env.text('METAL_API_NATS_PASSWORD'),
      natsCredsFile: env.text('METAL_API_NATS_CREDS_FILE'),
      natsCaFile: env.text('METAL_API_NATS_CA_FILE'),
      commandTimeout: env.duration('METAL_API_COMMAND_TIMEOUT', 5 * 60_000),
    },
    auth: authSettings(env, dev),
    allocation: { timeout: env.duration('METAL_API_ALLOCATION_TIMEOUT', 60_000) },
    bmc: { superUserPassword: secretFile(env, 'METAL_API_BMC_SUPERUSER_PWD_FILE') },
    pools: { asnReserved: env.list('METAL_API_ASN_RESERVED'), vrfReserved: env.list('METAL_API_VRF_RESERVED') },
    auditing: {
      enabled: env.boolean('METAL_API_AUDITING_ENABLED', false),
      retention: env.duration('METAL_API_AUDITING_RETENTION', 14 * 24 * 3_600_000),
    },
    s3: s3Settings(env),
    headscale: headscaleSettings(env),
    checkUrls: env.boolean('METAL_API_CHECK_URLS', false),
    version: {
      minimumClient: env.text('METAL_API_MINIMUM_CLIENT_VERSION', 'v0.0.1'),
      release: env.text('METAL_API_RELEASE_VERSION'),
    },
  };
  // Clients refuse to log in when they cannot read it, and take it literally for the name of a release.
  const minimumClient = readVersion(config.version.minimumClient);
  if (minimumClient === undefined || minimumClient.missing) {
    env.violation(
      `METAL_API_MINIMUM_CLIENT_VERSION is "${config.version.minimumClient}", expected a semantic version such as v0.18.0`,
    );
  }
  if (env.violations.length > 0) throw new ConfigError(env.violations);
  return deepFreeze(config);
}

const PORT = { min: 0, max: 65535 };
const REPLAYS = ['allow', 'refuse-writes', 'refuse-all'] as const;

function httpSettings(env: Environment, dev: boolean): Config['http'] {
  const basePath = env.text('METAL_API_BASE_PATH', '/');
  if (!basePath.startsWith('/') || !basePath.endsWith('/')) {
    env.violation(
      `METAL_API_BASE_PATH is "${basePath}", expected a path that starts and ends with a slash, such as /metal/`,
    );
  }
  const host = env.text('METAL_API_BIND_ADDR', '127.0.0.1');
  if (dev && !isLoopback(host))
    env.violation(`METAL_API_BIND_ADDR is "${host}", expected a loopback address while METAL_API_DEV=true`);
  return {
    host,
    port: env.integer('METAL_API_PORT', 8080, PORT),
    basePath,
    maxBodyBytes: env.integer('METAL_API_MAX_BODY_BYTES', 8 * 1024 * 1024, { min: 1024, max: 1024 * 1024 * 1024 }),
  };
}

function storeSettings(env: Environment): Config['store'] {
  const rethinkdb = env.text('METAL_API_DB_ADDR', '127.0.0.1:28015');
  const [, host = '127.0.0.1', port] = /^(.*?)(?::(\d+))?$/.exec(rethinkdb) ?? [];
  return {
    engine: env.oneOf('METAL_API_DB', ['embedded', 'rethinkdb', 'memory'], 'embedded'),
    dataDir: env.text('METAL_API_DATA_DIR', 'data'),
    rethinkdb: {
      host,
      port: Number(port ?? 28015),
      database: env.text('METAL_API_DB_NAME', 'metalapi'),
      user: env.text('METAL_API_DB_USER', 'admin'),
      password: env.text('METAL_API_DB_PASSWORD', ''),
    },
  };
}

function s3Settings(env: Environment): Config['s3'] {
  const address = env.text('METAL_API_S3_ADDRESS');
  if (address === undefined) return undefined;
  if (!URL.canParse(address)) {
    env.violation(`METAL_API_S3_ADDRESS is "${address}", expected a URL such as https://s3.example.org`);
  }
  const bucket = env.text('METAL_API_S3_FIRMWARE_BUCKET', '');
  if (bucket === '') env.violation('METAL_API_S3_FIRMWARE_BUCKET is not set, expected the bucket for firmware');
  return { address, bucket, key: env.text('METAL_API_S3_KEY', ''), secret: env.text('METAL_API_S3_SECRET', '') };
}

function headscaleSettings(env: Environment): Config['headscale'] {
  const address = env.text('METAL_API_HEADSCALE_ADDR');
  if (address === undefined) return undefined;
  const url = /^https?:/.test(address) ? address : `http://${address}`;
  if (!URL.canParse(url)) env.violation(`METAL_API_HEADSCALE_ADDR is "${address}", expected a URL or host:port`);
  const apiKey = env.text('METAL_API_HEADSCALE_API_KEY', '');
  if (apiKey === '') env.violation('METAL_API_HEADSCALE_API_KEY is not set, expected an API key of Headscale');
  return { url, apiKey, controlPlane: env.text('METAL_API_HEADSCALE_CP_ADDR', url) };
}

function authSettings(env: Environment, dev: boolean): Config['auth'] {
  const hmac = (type: 'VIEW' | 'EDIT' | 'ADMIN', devKey: string, lifetime: number): HmacKey => {
    const name = `METAL_API_HMAC_${type}_KEY`;
    const key = env.text(name, dev ? devKey : '');
    const violation = dev ? undefined : keyPolicyViolation(name, key);
    if (violation) env.violation(violation);
    return { key, lifetime: env.duration(`METAL_API_HMAC_${type}_LIFETIME`, lifetime) };
  };
  const tokenKey = env.text('METAL_API_TOKEN_KEY');
  const tokenViolation =
    tokenKey !== undefined && !dev ? keyPolicyViolation('METAL_API_TOKEN_KEY', tokenKey) : undefined;
  if (tokenViolation) env.violation(tokenViolation);
  const keys = {
    view: hmac('VIEW', 'metal-view', 30_000),
    edit: hmac('EDIT', 'metal-edit', 30_000),
    admin: hmac('ADMIN', 'metal-admin', 90_000),
  };
  // The type is not part of what is signed: with equal keys a viewer could write an admin's name over the signature.
  const secrets = Object.values(keys).flatMap(({ key }) => (key === '' ? [] : [key]));
  if (new Set(secrets).size < secrets.length) {
    env.violation('METAL_API_HMAC_VIEW_KEY, _EDIT_KEY and _ADMIN_KEY are not all different, expected three secrets');
  }
  return {
    providerTenant: env.text('METAL_API_PROVIDER_TENANT', 'metal-stack'),
    hmac: keys,
    hmacReplays: env.oneOf('METAL_API_HMAC_REPLAYS', REPLAYS, 'refuse-writes'),
    oidcIssuers: env.json('METAL_API_OIDC_ISSUERS', [], oidcIssuers),
    tokenKey,
    passwordReasonMinLength: env.integer('METAL_API_PASSWORD_REASON_MINLENGTH', 0, { min: 0, max: 10_000 }),
  };
}

function oidcIssuers(value: unknown): OidcIssuer[] {
  if (!Array.isArray(value)) throw new Error('expected an array of {url, clientId, tenant, directoryType}');
  return value.map((entry: Partial<OidcIssuer>, index) => {
    for (const name of ['url', 'clientId', 'tenant'] as const) {
      if (typeof entry?.[name] !== 'string' || entry[name] === '')
        throw new Error(`[${index}].${name} must be a non-empty string`);
    }
    if (!isTrustworthy(entry.url!)) throw new Error(`[${index}].url must be an https URL (http on loopback only)`);
    const directoryType = entry.directoryType ?? 'ldap';
    if (directoryType !== 'ldap' && directoryType !== 'ad')
      throw new Error(`[${index}].directoryType must be ldap or ad`);
    return { url: entry.url!, clientId: entry.clientId!, tenant: entry.tenant!, directoryType };
  });
}

/** Whether keys from there may be trusted: over plain HTTP anybody on the way could hand out keys of his own. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function grpcTls(env: Environment): Config['grpc']['tls'] {
  if (!env.boolean('METAL_API_GRPC_TLS_ENABLED', false)) return undefined;
  const ca = file(env, 'METAL_API_GRPC_CA_CERT_FILE');
  const cert = file(env, 'METAL_API_GRPC_SERVER_CERT_FILE');
  const key = file(env, 'METAL_API_GRPC_SERVER_KEY_FILE');
  return ca && cert && key && { ca, cert, key };
}

function file(env: Environment, name: string): Buffer | undefined {
  const path = env.text(name);
  if (path === undefined) {
    env.violation(`${name} is not set, expected the path of a PEM file`);
    return undefined;
  }
  try {
    return readFileSync(path);
  } catch (error) {
    env.violation(`${name} is "${path}", which cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    return undefined;
  }
}

/** Trimmed content of an optional file; a missing or empty file switches the feature off (reference/40 §4.3). */
function secretFile(env: Environment, name: string): string | undefined {
  const path = env.text(name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function address(env: Environment, name: string, otherwise: string, dev: boolean): { host: string; port: number } {
  const text = env.text(name, otherwise);
  const match = /^(.*):(\d+)$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > PORT.max) {
    env.violation(`${name} is "${text}", expected host:port or :port`);
    return { host: '127.0.0.1', port: 0 };
  }
  return { host: dev ? '127.0.0.1' : match[1] || '0.0.0.0', port };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
