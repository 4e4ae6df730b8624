import { redactText } from '../platform/telemetry/redact-text.js';
import type { AppLogger } from '../shared/app-logger.js';

/** Logs only warnings, to standard error: for interactive programs. */
export const consoleLogger: AppLogger = {
  info: () => undefined,
  warn: (message, cause) => console.error(redactText(warning(message, cause))),
};

/** Formats a warning as one line. */
export const warning = (message: string, cause?: unknown): string =>
  cause === undefined ? message : `${message}: ${reasonOf(cause)}`;

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : JSON.stringify(cause));
