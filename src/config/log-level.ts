import type { Environment } from './environment.js';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** Reads the log level of a server or agent. */
export const logLevel = (env: Environment): LogLevel => env.oneOf('METAL_API_LOG_LEVEL', LEVELS, 'info');
