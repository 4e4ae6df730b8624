/**
 * Compiles a list of wanted values into a test of other lists: whether each wanted value occurs, wherever and however
 * often. The test looks at each of its values once, however many are wanted.
 */
export function containsAll<T>(wanted: Iterable<T>): (values: readonly T[]) => boolean {
  const all = new Set(wanted);
  if (all.size === 0) return () => true;
  if (all.size === 1) {
    const only = [...all][0] as T;
    return (values) => values.includes(only);
  }
  return (values) => {
    // Most of a fleet has fewer values than are wanted, and needs no look at them.
    if (values.length < all.size) return false;
    const missing = new Set(all);
    for (const value of values) if (missing.delete(value) && missing.size === 0) return true;
    return false;
  };
}

/** The first value that occurs a second time, in the order of the list; undefined when all differ. */
export function firstRepeated<T>(values: Iterable<T>): T | undefined {
  const seen = new Set<T>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}
