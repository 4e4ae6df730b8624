/**
 * Makes a pure function remember its last result for each first argument, as long as the further arguments are the very
 * same values. For what is computed from immutable documents again and again; forgotten together with the document.
 */
export function remembered<K extends object, A extends readonly unknown[], V>(
  compute: (key: K, ...further: A) => V,
): (key: K, ...further: A) => V {
  const last = new WeakMap<K, { readonly further: A; readonly value: V }>();
  return (key, ...further) => {
    const known = last.get(key);
    if (known?.further.every((argument, index) => argument === further[index])) return known.value;
    const value = compute(key, ...further);
    last.set(key, { further, value });
    return value;
  };
}
