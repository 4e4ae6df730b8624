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
  const counted = (task: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const timer = set(() => {
      mine.delete(timer);
      task(...args);
    }, ms);
    if (scope.getStore() === mine) mine.add(timer);
    return timer;
  };
  const cleared = (timer: NodeJS.Timeout | undefined): void => {
    mine.delete(timer);
    clear(timer);
  };
  // `vi.useRealTimers()` puts the real ones back, which it recognizes by properties of those that it finds.
  globalThis.setTimeout = Object.assign(counted, set);
  globalThis.clearTimeout = Object.assign(cleared, clear);
  return () => mine.size;
}
