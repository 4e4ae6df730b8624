import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';
import { corsOrigins, httpLimits } from './http-limits.js';
import type { HttpLimits } from './http-limits.js';
import { isLoopback } from './loopback.js';

/** Where REST is served. */
export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly basePath: string;
  readonly maxBodyBytes: number;
  readonly limits: HttpLimits;
  /** Origins whose pages may read answers; `*` is any. */
  readonly corsOrigins: readonly string[];
}

/** Where gRPC is served; port 0 takes a free one. */
export interface GrpcSettings {
  readonly host: string;
  readonly port: number;
  /** PEM; clients must show a certificate of `ca`. Without it there is no encryption at all. */
  readonly tls?: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
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

/** In dev mode on loopback, whatever the setting says. */
export function grpcSettings(env: Environment, dev: boolean): GrpcSettings {
  return {
    host: dev ? '127.0.0.1' : env.text('METAL_API_GRPC_BIND_ADDR', '0.0.0.0'),
    port: env.integer('METAL_API_GRPC_PORT', 50051, PORT),
    tls: grpcTls(env),
  };
}

function grpcTls(env: Environment): GrpcSettings['tls'] {
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
