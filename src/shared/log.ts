/** What a use case tells the operator. Never a secret (design D6), and nothing that the caller is told anyway. */
export interface Log {
  info(message: string): void;
  warn(message: string, cause?: unknown): void;
}

/** Injection token of the process's log: `constructor(@Inject(LOG) private readonly log: Log)`. */
export const LOG = Symbol('log');

/** Keeps what it is told; for tests. */
export class MemoryLog implements Log {
  readonly lines: string[] = [];

  info(message: string): void {
    this.lines.push(message);
  }

  warn(message: string): void {
    this.lines.push(message);
  }
}
