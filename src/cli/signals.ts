import { keepAlive } from '../shared/concurrency/timers.js';

/** Requests to end: of a service manager, of Ctrl-C, and of a terminal that closes. */
export const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Resolves to the name of the first of `SIGNALS`, and keeps the process alive until then or until `over` is aborted. The
 * second signal exits the process immediately.
 */
export function waitForSignal(over?: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const letGo = keepAlive();
    over?.addEventListener('abort', letGo);
    let seen = false;
    const onSignal = (signal: string): void => {
      if (seen) process.exit(1);
      seen = true;
      letGo();
      resolve(signal);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}

/** Runs work that one of `SIGNALS` may interrupt: `signal` resolves to the name of the first; the second one kills. */
export async function untilSignalled<T>(work: (signal: Promise<string>) => Promise<T>): Promise<T> {
  const over = new AbortController();
  try {
    return await work(waitForSignal(over.signal));
  } finally {
    over.abort();
  }
}
