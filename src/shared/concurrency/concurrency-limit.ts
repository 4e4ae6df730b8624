import pLimit from 'p-limit';

/**
 * Limits the number of concurrent tasks: `limit(task)` runs it in its turn, first come, first served. A deadline that starts
 * with the task then measures the task rather than its wait.
 */
export const concurrencyLimit = (width: number): (<T>(task: () => Promise<T>) => Promise<T>) => pLimit(width);

/** Maps in order, with at most `width` calls under way. Rejects with the first error, when no call is under way. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  width: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    while (next < items.length && failure === undefined) {
      const at = next++;
      try {
        results[at] = await map(items[at]!);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  if (failure !== undefined) throw failure.error;
  return results;
}
