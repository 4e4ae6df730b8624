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

/**
 * Returns the JSON value with secrets redacted at every depth; undefined if its compact text has more than `room`
 * characters for certain. Ends as soon as it has: what is not kept costs little, however many members there are.
 */
export function redactJson(value: unknown, room: number): unknown {
  const redaction = new Redaction(room);
  const redacted = redaction.of(value, DEPTH);
  return redaction.isFull ? undefined : redacted;
}

/** Counts the fewest characters that the text can have: for a number, one. */
class Redaction {
  constructor(private room: number) {}

  get isFull(): boolean {
    return this.room < 0;
  }

  of(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(PRIVATE_KEY.test(value) ? BLANK : value);
    this.room--;
    if (typeof value !== 'object' || value === null) return value;
    if (depth === 0) return BLANK;
    return Array.isArray(value)
      ? this.list(value, depth - 1)
      : this.object(value as Readonly<Record<string, unknown>>, depth - 1);
  }

  private text(text: string): string {
    this.room -= text.length + 2;
    return text;
  }

  private list(list: readonly unknown[], depth: number): unknown[] {
    const redacted: unknown[] = [];
    for (const element of list) {
      if (this.isFull) break;
      this.room--;
      redacted.push(this.of(element, depth));
    }
    return redacted;
  }

  private object(object: Readonly<Record<string, unknown>>, depth: number): object {
    const redacted: [string, unknown][] = [];
    for (const key of Object.keys(object)) {
      if (this.isFull) break;
      const member = object[key];
      if (member === undefined) continue;
      this.room -= 2;
      redacted.push([this.text(key), isSecret(key) ? this.text(BLANK) : this.of(member, depth)]);
    }
    return Object.fromEntries(redacted);
  }
}

const isSecret = (key: string): boolean => SECRETS.has(key.toLowerCase().replace(/[-_]/g, ''));
