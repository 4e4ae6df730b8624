import { sleep } from '../../shared/concurrency/timers.js';
import { RestError } from '../../agent/rest-client.js';

/** A test step. `play` resolves to a description of the result and throws on failure. */
export interface Step {
  readonly title: string;
  readonly play: () => Promise<string>;
}

/** Timeout of `pollUntil` in milliseconds. */
const PATIENCE = 60_000;

/** Resolves to the message of the expected refusal; throws if the action succeeds or fails with another status. */
export async function expectRefusal(status: number, action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof RestError && error.status === status) return error.message;
    throw error;
  }
  return fail(`expected ${status}, but it succeeded`);
}

/** Polls `look` until it returns neither undefined nor false, and returns its result. Throws on timeout. */
export async function pollUntil<T>(what: string, look: () => Promise<T>): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > end) fail(`did not happen within ${PATIENCE / 1000} s: ${what}`);
    await sleep(50, { keepsAlive: true });
  }
}

/** Throws if the condition is false. */
export function check(holds: boolean, expected: string): void {
  if (!holds) fail(`expected ${expected}`);
}

/** Throws an Error, as an expression. */
export function fail(message: string): never {
  throw new Error(message);
}
