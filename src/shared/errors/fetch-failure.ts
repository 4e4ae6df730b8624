/** Why a `fetch` failed, in words: its own error says only that it did, the causes below say why. */
export function fetchFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return fetchFailure(error.cause);
  // Where a name has several addresses and none answers, only the code says so.
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
