import { RestError } from '../../agent/rest-client.js';

/** One thing that must hold; resolves with what was seen, throws when it does not hold. */
export interface Step {
  readonly title: string;
  readonly play: () => Promise<string>;
}

/** How long `until` waits, in milliseconds. */
const PATIENCE = 60_000;

/** Resolves with the refusal's words; throws when the action succeeds or fails otherwise. */
export async function refused(status: number, action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof RestError && error.status === status) return error.message;
    throw error;
  }
  return fail(`expected ${status}, but it succeeded`);
}

/** Polls until `look` finds something. */
export async function until<T>(what: string, look: () => Promise<T>): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > end) fail(`did not happen within ${PATIENCE / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Throws when it does not hold. */
export function check(holds: boolean, expected: string): void {
  if (!holds) fail(`expected ${expected}`);
}

/** The end of a story that does not hold. */
export function fail(message: string): never {
  throw new Error(message);
}
