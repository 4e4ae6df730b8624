import { scrub } from './scrub.js';
import { isSecretName } from './secret-names.js';

const DEPTH = 4;

/**
 * The same object with the values of secret members blanked, and secrets in texts, at every depth up to four; deeper
 * parts are left out. Copies only what it must change: it sees every line of the log.
 */
export function redact(line: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redacted(line, DEPTH) as Record<string, unknown>;
}

function redacted(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return depth === 0 ? '…' : value.map((element) => redacted(element, depth - 1));
  if (!isPlain(value)) return value;
  if (depth === 0) return '…';
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const before = value[key];
    const after = isSecretName(key) ? '***' : redacted(before, depth - 1);
    if (after !== before) (copy ??= { ...value })[key] = after;
  }
  return copy ?? value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
