import type { Environment } from './environment.js';

/** What callers of the REST API may make the server hold at a time. Sizes in bytes, durations in milliseconds. */
export interface HttpLimits {
  /** Open connections; beyond, the one that has been idle longest makes room. */
  readonly connections: number;
  /** Requests under way; one caller may have half of them. */
  readonly requests: number;
  /** Large request bodies that are held at a time; one caller may have half of it. */
  readonly heldBodies: number;
  /** Large answers that are on their way at a time; one caller may have half of it. */
  readonly heldAnswers: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersTimeout: number;
  /** From the end of the headers to the end of a JSON body. */
  readonly bodyTimeout: number;
  /** Within which an upload must bring, and the reader of an answer must take, a good piece. */
  readonly stallTimeout: number;
}

const MEBIBYTE = 1024 * 1024;
const COUNT = { min: 16, max: 1_000_000 };

/** `maxBodyBytes` is the size of the largest body: twice as much is held at least, so that each caller can send one. */
export function httpLimits(env: Environment, maxBodyBytes: number): HttpLimits {
  const size = { min: 2 * maxBodyBytes, max: 1024 * 1024 * MEBIBYTE };
  return {
    connections: env.integer('METAL_API_MAX_CONNECTIONS', 2048, COUNT),
    requests: env.integer('METAL_API_MAX_REQUESTS', 2048, COUNT),
    heldBodies: env.integer('METAL_API_MAX_HELD_BODY_BYTES', Math.max(64 * MEBIBYTE, size.min), size),
    heldAnswers: env.integer('METAL_API_MAX_HELD_ANSWER_BYTES', 256 * MEBIBYTE, { min: MEBIBYTE, max: size.max }),
    headersTimeout: timeout(env, 'METAL_API_HEADERS_TIMEOUT', 15_000),
    bodyTimeout: timeout(env, 'METAL_API_BODY_TIMEOUT', 60_000),
    stallTimeout: timeout(env, 'METAL_API_STALL_TIMEOUT', 20_000),
  };
}

function timeout(env: Environment, name: string, otherwise: number): number {
  const milliseconds = env.duration(name, otherwise);
  if (milliseconds < 100) env.violation(`${name} is "${env.text(name)}", expected a duration of 100ms or more`);
  return milliseconds;
}

/** Origins whose pages may read answers: `*`, or `https://ui.example` and the like. */
export function corsOrigins(env: Environment): readonly string[] {
  const name = 'METAL_API_CORS_ORIGINS';
  const origins = env.list(name);
  for (const origin of origins) {
    if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) continue;
    env.violation(`${name} has "${origin}", expected origins such as https://ui.example, or *`);
  }
  return origins;
}
