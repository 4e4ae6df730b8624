import { malformed } from '../../shared/errors/domain-error.js';
import { quoteText } from '../../shared/text.js';

/** Name of the request header, in lower case as Node has it. */
export const KEY_HEADER = 'idempotency-key';

/** Visible ASCII without the quotation mark and the backslash, which a quoted key would have to escape. */
const KEY = /^[!#-[\]-~]{1,128}$/;

/**
 * The key of the header's value: a text in quotation marks as the IETF's draft "The Idempotency-Key HTTP Header Field"
 * wants it, or the bare text that most clients send. Throws `malformed`.
 */
export function parseIdempotencyKey(value: string | readonly string[]): string {
  const [text, ...more] = [value].flat();
  const bare = /^"(.*)"$/.exec(text ?? '')?.[1] ?? text ?? '';
  if (more.length === 0 && KEY.test(bare)) return bare;
  throw malformed(
    `Idempotency-Key is ${quoteText(more.length > 0 ? 'given twice' : (text ?? ''), 40)}, ` +
      'expected 1 to 128 visible ASCII characters such as a UUID',
  );
}
