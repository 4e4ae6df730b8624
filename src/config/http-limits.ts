import type { Environment } from './environment.js';

/** Limits on what callers of the REST API can make the server hold. Sizes in bytes, durations in milliseconds. */
export interface HttpLimits {
  /** Open connections; beyond the limit, the connection that has been idle longest is closed. */
  readonly connections: number;
  /** Requests in flight; a single caller may have half of them. */
  readonly requests: number;
  /** Watches, each of which is a connection of its own; one caller may have half of them. */
  readonly watches: number;
  /** Total size of large request bodies held in memory; a single caller may use half of it. */
  readonly heldBodies: number;
  /** Total size of large responses held in memory; a single caller may use half of it. */
  readonly heldAnswers: number;
  /** Time from the first byte of a request to the end of its headers. */
  readonly headersTimeout: number;
  /** Time from the end of the headers to the end of a JSON body. */
  readonly bodyTimeout: number;
  /** Time within which an upload, or the reader of a response, must make substantial progress. */
  readonly stallTimeout: number;
}

const MEBIBYTE = 1024 * 1024;
const COUNT = { min: 16, max: 1_000_000 };

/** `maxBodyBytes` is the size of the largest body. At least twice as much is held, so that any caller can send one. */
export function httpLimits(env: Environment, maxBodyBytes: number): HttpLimits {
  const size = { min: 2 * maxBodyBytes, max: 1024 * 1024 * MEBIBYTE };
  return {
    connections: env.integer('METAL_API_MAX_CONNECTIONS', 2048, COUNT),
    requests: env.integer('METAL_API_MAX_REQUESTS', 2048, COUNT),
    watches: watches(env),
    heldBodies: env.integer('METAL_API_MAX_HELD_BODY_BYTES', Math.max(64 * MEBIBYTE, size.min), size),
    heldAnswers: env.integer('METAL_API_MAX_HELD_ANSWER_BYTES', 256 * MEBIBYTE, { min: MEBIBYTE, max: size.max }),
    headersTimeout: timeout(env, 'METAL_API_HEADERS_TIMEOUT', 15_000),
    bodyTimeout: timeout(env, 'METAL_API_BODY_TIMEOUT', 60_000),
    stallTimeout: timeout(env, 'METAL_API_STALL_TIMEOUT', 20_000),
  };
}

/** Watches are never idle, so they must leave connections to others. */
function watches(env: Environment): number {
  const connections = env.integer('METAL_API_MAX_CONNECTIONS', 2048, COUNT);
  const most = Math.floor(connections / 2);
  return env.integer('METAL_API_MAX_WATCHES', Math.min(1024, most), { min: 2, max: Math.max(2, most) });
}

function timeout(env: Environment, name: string, otherwise: number): number {
  const milliseconds = env.duration(name, otherwise);
  if (milliseconds < 100) env.violation(`${name} is "${env.text(name)}", expected a duration of 100ms or more`);
  return milliseconds;
}

/** Origins whose pages may read responses: `*`, or origins such as `https://ui.example`. */
export function corsOrigins(env: Environment): readonly string[] {
  const name = 'METAL_API_CORS_ORIGINS';
  const origins = env.list(name);
  for (const origin of origins) {
    if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    env.violation(`${name} has "${origin}", expected origins such as https://ui.example, or *`);
  }
  return origins;
}
