import { sanitizeText } from '../../../shared/text.js';

/** Returns the object with all texts cleaned and truncated. */
export function cleanTexts<T extends object>(value: T, maxLength?: number): T {
  const entries = Object.entries(value) as [string, unknown][];
  return Object.fromEntries(
    entries.map(([key, member]) => [key, typeof member === 'string' ? sanitizeText(member, maxLength) : member]),
  ) as T;
}
