import { redactText } from './redact-text.js';
import { isSecretName } from './secret-names.js';

const DEPTH = 4;

/**
 * The object with the values of secret members, and secrets in texts, blanked down to a depth of four; deeper parts are
 * omitted. Copies only what it changes, because it processes every line of the log.
 */
export function redactLine(line: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redacted(line, DEPTH) as Record<string, unknown>;
}

function redacted(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
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
