/**
 * A copy of the list without `gone` and with `come`. All three are ordered by `key`, and `gone` are elements of the list.
 * Costs a copy, and little more than what differs.
 */
export function edited<T, K extends string | bigint>(
  list: readonly T[],
  gone: readonly T[],
  come: readonly T[],
  key: (element: T) => K,
): T[] {
  const result: T[] = [];
  let [copied, removed] = [0, 0];
  const copyUntil = (end: number): void => {
    for (; copied < end; copied++) result.push(list[copied]!);
  };
  const skipUntil = (limit: K | undefined): void => {
    for (; removed < gone.length && (limit === undefined || key(gone[removed]!) < limit); removed++) {
      copyUntil(positionOf(list, key(gone[removed]!), key));
      copied++;
    }
  };
  for (const element of come) {
    skipUntil(key(element));
    copyUntil(positionOf(list, key(element), key));
    result.push(element);
  }
  skipUntil(undefined);
  copyUntil(list.length);
  return result;
}

/** Position of the first element with this key or a later one. */
function positionOf<T, K extends string | bigint>(list: readonly T[], wanted: K, key: (element: T) => K): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]!) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
