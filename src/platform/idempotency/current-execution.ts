import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** The execution of a request with an idempotency key. */
export interface KeyedExecution {
  /** The UUID of what the execution creates; the same for each call. */
  readonly createdId: string;
  /** What earlier executions of the request would have created, in their order. */
  readonly earlierIds: readonly string[];
  /**
   * Confirms that no other process has taken over the request. Throws `unavailable` if one has: what this execution has
   * acquired must then be undone. To be called between the first write of what is created, by which another process
   * finds it, and the last one.
   */
  confirm(): Promise<void>;
}

const storage = new AsyncLocalStorage<KeyedExecution>();

/** The execution that the caller is part of; undefined for requests without a key. */
export const currentExecution = (): KeyedExecution | undefined => storage.getStore();

/** Runs `task` and everything that it starts as part of an execution. */
export const runExecution = <T>(execution: KeyedExecution, task: () => Promise<T>): Promise<T> =>
  storage.run(execution, task);

/** Runs `task` and everything that it starts outside of any execution, even if a request with a key causes it. */
export const runOutsideExecutions = <T>(task: () => Promise<T>): Promise<T> => storage.exit(task);

/**
 * The UUID for what the current request creates: random, or derived from the request's idempotency key. A request
 * creates at most one such thing, and calls `confirm` before it is complete.
 */
export const newCreatedId = (): string => currentExecution()?.createdId ?? randomUUID();

/** Finds what an earlier execution of the current request has created. */
export function createdEarlier<T>(find: (id: string) => T | undefined): T | undefined {
  for (const id of currentExecution()?.earlierIds ?? []) {
    const found = find(id);
    if (found !== undefined) return found;
  }
  return undefined;
}
