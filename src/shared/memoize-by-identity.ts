/**
 * Memoizes a pure function: caches the last result per first argument, as long as the further arguments are identical.
 * For repeated computations on immutable documents; the result is garbage-collected with the document.
 */
export function memoizeByIdentity<K extends object, A extends readonly unknown[], V>(
  compute: (key: K, ...further: A) => V,
): (key: K, ...further: A) => V {
  const last = new WeakMap<K, { readonly further: readonly unknown[]; readonly value: V }>();
  return (key, ...further) => {
    const known = last.get(key);
    if (known && areIdentical(known.further, further)) return known.value;
    const value = compute(key, ...further);
    last.set(key, { further: further.length > 0 ? further : NONE, value });
    return value;
  };
}

/** An empty array of its own for each of many documents would take as much memory as the rest of what is kept. */
const NONE: readonly unknown[] = [];

/** A loop, because it runs for each element of each list. */
function areIdentical(one: readonly unknown[], other: readonly unknown[]): boolean {
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
