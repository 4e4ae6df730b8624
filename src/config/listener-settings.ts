import { quoteText } from '../shared/text.js';
import type { Environment } from './environment.js';
import { corsOrigins, httpLimits } from './http-limits.js';
import type { HttpLimits } from './http-limits.js';
import { isLoopback } from './loopback.js';
import { tlsFiles } from './tls-files.js';
import type { TlsFiles } from './tls-files.js';

/** Settings of the REST listener. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly basePath: string;
  readonly maxBodyBytes: number;
  readonly limits: HttpLimits;
  /** Origins whose pages may read responses; `*` = any. */
  readonly corsOrigins: readonly string[];
}

/** Settings of the gRPC listener; port 0 selects a free port. */
export interface GrpcSettings {
  readonly host: string;
  readonly port: number;
  /** Clients must present a certificate issued by `ca`. Without `tls`, connections are not encrypted. */
  readonly tls: TlsFiles | undefined;
  /** Whether other hosts can reach the port without a certificate. */
  readonly insecure: boolean;
  /** Whether installers may read the password of the BMCs' super user. */
  readonly superUserPassword: boolean;
  readonly rates: GrpcRates;
}

/** Rate limits per second and caller; the burst is ten times as high. */
export interface GrpcRates {
  readonly events: number;
  readonly registrations: number;
}

/** Settings of the metrics listener for Prometheus. */
export interface MetricsSettings {
  readonly host: string;
  readonly port: number;
}

const PORT = { min: 0, max: 65535 };

/** Reads the settings. In dev mode, an address other than loopback is a violation. */
export function httpSettings(env: Environment, dev: boolean): HttpSettings {
  const basePath = basePathOf(env);
  const host = env.text('METAL_API_BIND_ADDR', '127.0.0.1');
  if (dev && !isLoopback(host))
    env.violation(`METAL_API_BIND_ADDR is "${host}", expected a loopback address while METAL_API_DEV=true`);
  const maxBodyBytes = env.integer('METAL_API_MAX_BODY_BYTES', 8 * 1024 * 1024, { min: 1024, max: 1024 * 1024 * 1024 });
  const origins = corsOrigins(env);
  if (dev && origins.includes('*'))
    env.violation(
      'METAL_API_CORS_ORIGINS is "*", expected origins by name while METAL_API_DEV=true: the keys are known',
    );
  return {
    host,
    port: env.integer('METAL_API_PORT', 8080, PORT),
    basePath,
    maxBodyBytes,
    limits: httpLimits(env, maxBodyBytes),
    corsOrigins: origins,
  };
}

/** Reads the base path and adds missing slashes at both ends. Characters that are invalid in URLs are a violation. */
function basePathOf(env: Environment): string {
  const name = 'METAL_API_BASE_PATH';
  const text = env.text(name, '/');
  const inner = text.replace(/^\/+|\/+$/g, '');
  const path = inner === '' ? '/' : `/${inner}/`;
  if (/^[\w.~/-]*$/.test(path) && !/\/\.{0,2}\//.test(path)) return path;
  env.violation(`${name} is ${quoteText(text)}, expected a path of letters, digits and - . _ ~ such as /metal/`);
  return '/';
}

/**
 * Reads the settings. In dev mode the address is always loopback. Otherwise, an address that other hosts can reach
 * requires TLS or an explicit opt-out, because gRPC has no other authentication.
 */
export function grpcSettings(env: Environment, dev: boolean): GrpcSettings {
  const host = dev ? '127.0.0.1' : env.text('METAL_API_GRPC_BIND_ADDR', '127.0.0.1');
  const wantsTls = env.boolean('METAL_API_GRPC_TLS_ENABLED', false);
  const allowed = env.boolean('METAL_API_GRPC_INSECURE', false);
  const insecure = !isLoopback(host) && !wantsTls;
  if (insecure && !allowed) {
    env.violation(
      `METAL_API_GRPC_BIND_ADDR is "${host}", where any host in the network could take over machines; set ` +
        'METAL_API_GRPC_TLS_ENABLED=true and its certificates (docs/guide/grpc.md), or bind to 127.0.0.1, or accept ' +
        'the risk with METAL_API_GRPC_INSECURE=true',
    );
  }
  return {
    host,
    port: env.integer('METAL_API_GRPC_PORT', 50051, PORT),
    tls: wantsTls ? serverTls(env) : undefined,
    insecure,
    superUserPassword: env.boolean('METAL_API_GRPC_SUPERUSER_PASSWORD', false),
    rates: {
      events: env.integer('METAL_API_GRPC_MAX_EVENTS', 2000, RATE),
      registrations: env.integer('METAL_API_GRPC_MAX_REGISTRATIONS', 200, RATE),
    },
  };
}

const RATE = { min: 1, max: 1_000_000 };

const serverTls = (env: Environment): TlsFiles | undefined =>
  tlsFiles(env, {
    ca: 'METAL_API_GRPC_CA_CERT_FILE',
    cert: 'METAL_API_GRPC_SERVER_CERT_FILE',
    key: 'METAL_API_GRPC_SERVER_KEY_FILE',
  });

/** Reads the settings. In dev mode the address is always loopback. */
export function metricsSettings(env: Environment, dev: boolean): MetricsSettings {
  const name = 'METAL_API_METRICS_SERVER_BIND_ADDR';
  const text = env.text(name, ':2112');
  const match = /^(.*):(\d+)$/.exec(text);
  const port = Number(match?.[2]);
  if (!match || port > PORT.max) {
    env.violation(`${name} is "${text}", expected host:port or :port`);
    return { host: '127.0.0.1', port: 0 };
  }
  return { host: dev ? '127.0.0.1' : match[1] || '0.0.0.0', port };
}
