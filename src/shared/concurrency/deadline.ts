import { after } from './timers.js';
import type { TimerOptions } from './timers.js';

/**
 * Resolves or rejects like `work`; rejects with `late()` after `milliseconds`. The work goes on then, and its outcome is
 * ignored.
 */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  let cancel = (): void => undefined;
  const expired = new Promise<never>((_, reject) => {
    cancel = after(milliseconds, () => reject(late()), { keepsAlive: true });
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    cancel();
  }
}

/**
 * Waits for `work` for at most `milliseconds`. Resolves to whether it has ended by then, successfully or not; its error is
 * ignored.
 */
export async function endsWithin(
  work: Promise<unknown>,
  milliseconds: number,
  options: TimerOptions = {},
): Promise<boolean> {
  let cancel = (): void => undefined;
  const expired = new Promise<boolean>((resolve) => {
    cancel = after(milliseconds, () => resolve(false), options);
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([ended, expired]);
  } finally {
    cancel();
  }
}
