import type { Environment } from './environment.js';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** Of servers and agents alike. */
export const logLevel = (env: Environment): LogLevel => env.oneOf('METAL_API_LOG_LEVEL', LEVELS, 'info');
