import type { Environment } from './environment.js';
import { isLoopback } from './loopback.js';
import { tlsFiles } from './tls-files.js';
import type { TlsFiles } from './tls-files.js';

/** Where REST is served. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly basePath: string;
  readonly maxBodyBytes: number;
}

/** Where gRPC is served; port 0 takes a free one. */
export interface GrpcSettings {
  readonly host: string;
  readonly port: number;
  /** Clients must show a certificate of `ca`. Without it there is no encryption at all. */
  readonly tls?: TlsFiles;
  /** Whether other hosts can reach the port and need no certificate. */
  readonly insecure: boolean;
  /** Whether installers may read the password of the BMCs' super user. */
  readonly superUserPassword: boolean;
  readonly rates: GrpcRates;
}

/** How much one caller may ask for in a second; ten seconds' worth at once. */
export interface GrpcRates {
  readonly events: number;
  readonly registrations: number;
}

/** Where Prometheus finds the metrics. */
export interface MetricsSettings {
  readonly host: string;
  readonly port: number;
}

const PORT = { min: 0, max: 65535 };

/** In dev mode any other address than loopback is a violation. */
export function httpSettings(env: Environment, dev: boolean): HttpSettings {
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

/**
 * In dev mode on loopback, whatever the setting says. Otherwise an address that other hosts can reach needs TLS or
 * the explicit permission to do without: gRPC has no other authentication.
 */
export function grpcSettings(env: Environment, dev: boolean): GrpcSettings {
  const host = dev ? '127.0.0.1' : env.text('METAL_API_GRPC_BIND_ADDR', '127.0.0.1');
  const wantsTls = env.boolean('METAL_API_GRPC_TLS_ENABLED', false);
  const allowed = env.boolean('METAL_API_GRPC_INSECURE', false);
  const insecure = !isLoopback(host) && !wantsTls;
  if (insecure && !allowed) {
    env.violation(
      `METAL_API_GRPC_BIND_ADDR is "${host}", where any host in the network could take over machines; set ` +
        'METAL_API_GRPC_TLS_ENABLED=true and its certificates (docs/grpc.md), or bind to 127.0.0.1, or accept the risk ' +
        'with METAL_API_GRPC_INSECURE=true',
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

/** In dev mode on loopback, whatever the setting says. */
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
