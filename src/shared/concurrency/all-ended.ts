/**
 * Like `Promise.all`, but waits until all promises have ended before it rejects with the first rejection in their order, so
 * that a subsequent undo finds all of the work.
 */
export async function allEnded<T extends readonly unknown[]>(
  promises: readonly [...{ [I in keyof T]: Promise<T[I]> }],
): Promise<T> {
  const settled = await Promise.allSettled<unknown>(promises as readonly Promise<unknown>[]);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason as Error;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
