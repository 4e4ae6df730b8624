/**
 * Resolves with the name of the first SIGTERM or SIGINT and keeps the process alive until then; the second one ends the
 * process at once.
 */
export function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 3_600_000);
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
