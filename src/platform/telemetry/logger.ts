import { pino } from 'pino';
import type { DestinationStream, LogFn, Logger } from 'pino';
import { redact } from './redact.js';
import { scrub } from './scrub.js';

export type { Logger } from 'pino';

/** The process's logger: one JSON object a line on standard output, secrets blanked. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: redact },
    serializers: { err: describeError },
    hooks: { logMethod },
  };
  return pino(options, destination ?? standardOutput());
}

/** Messages come beside the object that `redact` sees. */
function logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const scrubbed = args.map((part: unknown) => (typeof part === 'string' ? scrub(part) : part));
  method.apply(this, scrubbed as Parameters<LogFn>);
}

/** Type, text and stack, those of the causes too; other members may carry what nobody may see. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error, message: scrub(String(error)) };
  const { cause, stack } = error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: scrub(error.message),
    code,
    stack: stack && scrub(stack),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}

/** Written behind the requests' back, in whatever portions come together; flushed when the process exits. */
const standardOutput = (): DestinationStream => pino.destination({ dest: 1, sync: false });
