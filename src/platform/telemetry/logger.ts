import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { redact } from './redact.js';

export type { Logger } from 'pino';

/** The process's logger: one JSON object a line on standard output, secrets blanked. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: redact },
    serializers: { err: describeError },
  };
  return pino(options, destination ?? standardOutput());
}

/** Type, text and stack, those of the causes too; other members may carry what nobody may see. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { cause, stack } = error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    code,
    stack,
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}

/** Written behind the requests' back, in whatever portions come together; flushed when the process exits. */
const standardOutput = (): DestinationStream => pino.destination({ dest: 1, sync: false });
