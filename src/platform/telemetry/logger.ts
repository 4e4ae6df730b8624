import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger } from 'pino';

/** Names of members that carry secrets (design D6); their values never reach a log, at whatever depth up to three. */
const SECRETS = [
  'authorization',
  'password',
  'consolepassword',
  'console_password',
  'user_data',
  'userdata',
  'superuserpassword',
  'superUserPassword',
  'token',
  'authkey',
  'auth_key',
  'key',
  'secret',
];

const SECRET_PATHS = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The process's logger: one JSON object a line on standard output, secrets blanked. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '***' },
  };
  return destination ? pino(options, destination) : pino(options);
}
