/** Names of members that carry secrets (design D6), in lower case and without separators. */
const SECRETS = new Set([
  'authorization',
  'password',
  'consolepassword',
  'superuserpassword',
  'userdata',
  'token',
  'authkey',
  'key',
  'secret',
]);

const DEPTH = 4;

/**
 * The same object with the values of secret members blanked, at every depth up to four; deeper parts are left out.
 * Copies only what it must change: it sees every line of the log.
 */
export function redact(line: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redacted(line, DEPTH) as Record<string, unknown>;
}

function redacted(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return depth === 0 ? '…' : value.map((element) => redacted(element, depth - 1));
  if (!isPlain(value)) return value;
  if (depth === 0) return '…';
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const before = value[key];
    const after = isSecret(key) ? '***' : redacted(before, depth - 1);
    if (after !== before) (copy ??= { ...value })[key] = after;
  }
  return copy ?? value;
}

/** The names of one process are few: remember the verdict for each spelling. */
const verdicts = new Map<string, boolean>();

function isSecret(key: string): boolean {
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    verdict = SECRETS.has(key.toLowerCase().replace(/[-_]/g, ''));
    if (verdicts.size < 10_000) verdicts.set(key, verdict);
  }
  return verdict;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
