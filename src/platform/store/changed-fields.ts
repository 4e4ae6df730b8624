import type { Document } from './table.js';

/**
 * Names of the top-level fields in which `content` differs from `before`, the document that it replaces; the revision apart.
 * Compares objects by identity: documents are frozen, so a part that was taken over has not changed.
 */
export function changedFields(before: Document, content: object): ReadonlySet<string> {
  const [old, next] = [before, content] as readonly Readonly<Record<string, unknown>>[];
  const names = new Set([...Object.keys(old!), ...Object.keys(next!)]);
  for (const name of names) if (name === 'revision' || Object.is(old![name], next![name])) names.delete(name);
  return names;
}
