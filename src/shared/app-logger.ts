/**
 * Diagnostics for operators. Messages must not contain secrets (docs/concepts/design.md#secrets), nor repeat errors
 * that the caller receives anyway.
 */
export interface AppLogger {
  info(message: string): void;
  warn(message: string, cause?: unknown): void;
}

/** Injection token of the process's logger; see `InjectLogger`. */
export const APP_LOGGER = Symbol('log');

/** Records messages; for tests. */
export class MemoryLogger implements AppLogger {
  readonly lines: string[] = [];

  info(message: string): void {
    this.lines.push(message);
  }

  warn(message: string): void {
    this.lines.push(message);
  }
}
