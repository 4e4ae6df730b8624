import type { Clock } from '../shared/clock.js';

/** Progress is reported at most this often, in milliseconds, and at least every `LONGEST_SILENCE_MS`. */
const SHORTEST_PAUSE_MS = 10_000;
const LONGEST_SILENCE_MS = 60_000;

/**
 * Passes on the progress of a command: the first one at once, a different one after a pause, and the same one every
 * minute, by which the journal knows that the command is still under way.
 */
export class CommandProgress {
  /** The latest progress, passed on or not; `""` until there is one. */
  last = '';
  private passed: { readonly text: string; readonly at: number } | undefined;

  constructor(
    private readonly pass: (text: string) => unknown,
    private readonly clock: Clock,
  ) {}

  report(text: string): void {
    if (text === '') return;
    this.last = text;
    const now = this.clock.now();
    const silence = this.passed === undefined ? Infinity : now - this.passed.at;
    if (silence < SHORTEST_PAUSE_MS || (text === this.passed?.text && silence < LONGEST_SILENCE_MS)) return;
    this.passed = { text, at: now };
    void this.pass(text);
  }
}
