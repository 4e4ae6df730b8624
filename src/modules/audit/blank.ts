/** Members whose values nobody may read in the audit trail (design D6), in lower case and without separators. */
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

/** Who pastes a private key where a public one belongs is refused, and must not be put on record with it. */
const PRIVATE_KEY = /PRIVATE KEY/;

/** Nothing that a client sends needs to be nested deeper. */
const DEPTH = 32;

/** The same JSON value with secrets blanked, at every depth. */
export function blanked(value: unknown, depth = DEPTH): unknown {
  if (typeof value === 'string') return PRIVATE_KEY.test(value) ? BLANK : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return BLANK;
  if (Array.isArray(value)) return value.map((element) => blanked(element, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isSecret(key) ? BLANK : blanked(member, depth - 1)]),
  );
}

const isSecret = (key: string): boolean => SECRETS.has(key.toLowerCase().replace(/[-_]/g, ''));
