import { scrub } from '../platform/telemetry/scrub.js';
import type { Log } from '../shared/log.js';

/** Shows warnings on standard error and nothing else: for programs that a person watches. */
export const consoleLog: Log = {
  info: () => undefined,
  warn: (message, cause) => console.error(scrub(warning(message, cause))),
};

/** A warning in one line. */
export const warning = (message: string, cause?: unknown): string =>
  cause === undefined ? message : `${message}: ${reasonOf(cause)}`;

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : JSON.stringify(cause));
