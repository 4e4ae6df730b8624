/**
 * Resolves with the name of the first SIGTERM or SIGINT and keeps the process alive until then; the second one ends the
 * process at once. It keeps the process alive no longer once `over` is aborted.
 */
export function untilSignal(over?: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 3_600_000);
    over?.addEventListener('abort', () => clearInterval(alive));
    let seen = false;
    const onSignal = (signal: string): void => {
      if (seen) process.exit(1);
      seen = true;
      clearInterval(alive);
      resolve(signal);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
}

/** Work that SIGTERM or SIGINT may break off: `signal` resolves to the name of the first one, and a second one kills. */
export async function withSignals<T>(work: (signal: Promise<string>) => Promise<T>): Promise<T> {
  const over = new AbortController();
  try {
    return await work(untilSignal(over.signal));
  } finally {
    over.abort();
  }
}
