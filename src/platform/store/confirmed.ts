/** Refusals that were checked against the database, not only against memory. */
const refusals = new WeakSet<object>();

/** Marks a refusal as confirmed by the database. Returns the same error. */
export function markConfirmed<E>(error: E): E {
  if (typeof error === 'object' && error !== null) refusals.add(error);
  return error;
}

/** Whether the refusal was confirmed by the database. */
export const isMarkedConfirmed = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && refusals.has(error);
