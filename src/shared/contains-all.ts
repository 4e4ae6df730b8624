/**
 * Compiles a list of wanted values into a predicate on lists: whether each wanted value occurs at least once, in any
 * order. The predicate reads each value of a list at most once, regardless of the number of wanted values.
 */
export function containsAll<T>(wanted: Iterable<T>): (values: readonly T[]) => boolean {
  const all = new Set(wanted);
  if (all.size === 0) return () => true;
  if (all.size === 1) {
    const only = [...all][0] as T;
    return (values) => values.includes(only);
  }
  return (values) => {
    // Fast path: most machines have fewer values than are wanted.
    if (values.length < all.size) return false;
    const missing = new Set(all);
    for (const value of values) if (missing.delete(value) && missing.size === 0) return true;
    return false;
  };
}

/** Returns the first value that repeats an earlier one, in list order; undefined if all values are distinct. */
export function firstRepeated<T>(values: Iterable<T>): T | undefined {
  const seen = new Set<T>();
  for (const value of values) {
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}
