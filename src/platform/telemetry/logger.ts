import { pino } from 'pino';
import type { DestinationStream, LogFn, Logger as PinoLogger } from 'pino';
import { redactLine } from './redact.js';
import { redactText } from './redact-text.js';

export type { Logger as PinoLogger } from 'pino';

/** The logger of the process: one JSON object per line on standard output, with secrets blanked. */
export function createLogger(level: string, destination?: DestinationStream): PinoLogger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: redactLine },
    serializers: { err: describeError },
    hooks: { logMethod },
  };
  return pino(options, destination ?? standardOutput());
}

/** Redacts messages, which are passed separately from the object that `redactLine` processes. */
function logMethod(this: PinoLogger, args: Parameters<LogFn>, method: LogFn): void {
  const redacted = args.map((part: unknown) => (typeof part === 'string' ? redactText(part) : part));
  method.apply(this, redacted as Parameters<LogFn>);
}

/** Type, message and stack, including those of the causes; other members may contain secrets. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error, message: redactText(String(error)) };
  const { cause, stack } = error;
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: redactText(error.message),
    code,
    stack: stack && redactText(stack),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}

/** Writes asynchronously in batches; flushed when the process exits. */
const standardOutput = (): DestinationStream => pino.destination({ dest: 1, sync: false });
