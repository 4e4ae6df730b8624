/**
 * Members whose values must not be readable in the audit trail (docs/concepts/design.md#secrets), in lower case and
 * without separators.
 */
const SECRETS = new Set([
  'authkey',
  'authorization',
  'consolepassword',
  'hmac',
  'password',
  'privatekey',
  'secret',
  'superuserpassword',
  'token',
  'userdata',
]);

const BLANK = '***';

/** A private key pasted in place of a public one is rejected, and must not be recorded. */
const PRIVATE_KEY = /PRIVATE KEY/;

/** Maximum depth; no legitimate request is nested deeper. */
const DEPTH = 32;

/** Returns the JSON value with secrets redacted at every depth. */
export function redactJson(value: unknown, depth = DEPTH): unknown {
  if (typeof value === 'string') return PRIVATE_KEY.test(value) ? BLANK : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return BLANK;
  if (Array.isArray(value)) return value.map((element) => redactJson(element, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isSecret(key) ? BLANK : redactJson(member, depth - 1)]),
  );
}

const isSecret = (key: string): boolean => SECRETS.has(key.toLowerCase().replace(/[-_]/g, ''));
