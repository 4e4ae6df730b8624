/** Describes why a `fetch` failed. Its error only states that it failed; the reason is in the chain of causes. */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return fetchFailure(error.cause);
  // If a name has several addresses and none responds, the reason is only in the code.
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
