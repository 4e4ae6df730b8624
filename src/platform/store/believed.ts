/** Refusals that were concluded from what the database has, not merely memory. */
const refusals = new WeakSet<object>();

/** Remembers that the database was asked before this refusal; returns it. */
export function believed<E>(error: E): E {
  if (typeof error === 'object' && error !== null) refusals.add(error);
  return error;
}

/** Whether the database was asked before this refusal. */
export const isBelieved = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && refusals.has(error);
