/* The only file, next to the scheduler, that starts timers: see the lint rule and docs/adr/0018-concurrency-kit.md. */

/** `keepsAlive`: the process does not exit before the timer has ended; by default it may. */
export interface TimerOptions {
  readonly keepsAlive?: boolean;
}

/**
 * Calls `action` once, after `milliseconds`. Returns a function that cancels it, which is idempotent. For limits of one
 * connection or call; work of the process itself belongs to a `Scheduler`, which waits for it at shutdown.
 */
export function after(milliseconds: number, action: () => void, { keepsAlive = false }: TimerOptions = {}): () => void {
  const timer = setTimeout(action, milliseconds);
  if (!keepsAlive) timer.unref();
  return () => clearTimeout(timer);
}

/** Resolves after `milliseconds`; rejects with the reason of `signal` as soon as it is aborted. */
export function sleep(
  milliseconds: number,
  { signal, ...options }: TimerOptions & { readonly signal?: AbortSignal } = {},
): Promise<void> {
  if (signal === undefined) return new Promise((resolve) => after(milliseconds, resolve, options));
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal));
    const abort = (): void => {
      cancel();
      reject(reasonOf(signal));
    };
    const cancel = after(
      milliseconds,
      () => {
        signal.removeEventListener('abort', abort);
        resolve();
      },
      options,
    );
    signal.addEventListener('abort', abort, { once: true });
  });
}

const reasonOf = ({ reason }: AbortSignal): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/** The longest time of a timer, in milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** Keeps the process alive until the returned function is called. */
export function keepAlive(): () => void {
  let cancel = (): void => undefined;
  const renew = (): void => void (cancel = after(MAX_TIMER, renew, { keepsAlive: true }));
  renew();
  return () => cancel();
}

/** Resolves after all callbacks that are currently due on the event loop have run. */
export const nextLoopRound = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A limit on silence: calls `action` when `milliseconds` pass without a call of `reset`. */
export class IdleTimer {
  private readonly timer: NodeJS.Timeout;

  constructor(milliseconds: number, action: () => void) {
    this.timer = setTimeout(action, milliseconds).unref();
  }

  reset(): void {
    this.timer.refresh();
  }

  cancel(): void {
    clearTimeout(this.timer);
  }
}
