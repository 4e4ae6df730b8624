/** Elements of a list that an example shows. */
const MOST = 2;

/** What must not be in a document, or is of no interest to others, by the names of members. */
const REPLACED: Readonly<Record<string, string>> = { password: 'secret', host: 'metal-1' };

/** An answer with the first elements of its lists, so that a reader sees what it is made of. */
export function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MOST).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, REPLACED[key] ?? shortened(member)]));
}
