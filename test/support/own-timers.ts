import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<Set<unknown>>();

/**
 * Counts the pending timers that the current test has set since; call it when fake timers are installed. The files of a
 * worker share its globals, so `vi.getTimerCount()` also counts timers of what earlier files have left running.
 */
export function ownTimers(): () => number {
  const mine = new Set<unknown>();
  scope.enterWith(mine);
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  // `vi.useRealTimers()` replaces both.
  globalThis.setTimeout = ((task: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const timer = set(() => {
      mine.delete(timer);
      task(...args);
    }, ms);
    if (scope.getStore() === mine) mine.add(timer);
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = (timer) => {
    mine.delete(timer);
    clear(timer);
  };
  return () => mine.size;
}
