/** What devices and people write: cleaned, cut, checked, and quoted in messages. */

/** Characters that a name, model, serial number or version of a device keeps. */
export const MAX_DEVICE_TEXT = 256;

/** Characters that a message of a device keeps: of an event, an error, a kernel's command line. */
export const MAX_DEVICE_MESSAGE = 4096;

/**
 * Characters that no terminal, log or web page shows as they are: control characters (C0, DEL, C1), invisible formatting
 * such as bidirectional overrides and zero-width joiners, line and paragraph separators, halves of surrogate pairs, and
 * the replacement character, which stands for bytes that are no UTF-8.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * Escape sequences of terminals (ECMA-48): with parameters (CSI), with a string up to its terminator (OSC, DCS, …), and
 * the short ones. No part can match what starts the next sequence, so that the cost is linear in the text.
 */
const ESCAPES = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0080-\\u009f]*(?:\\u0007|\\u001b\\\\|\\u009c)',
    '\\u001b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

/** True when every character of the text is one that people see. */
export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

/**
 * What a device reports, fit for logs, terminals and databases: without escape sequences and characters that nobody
 * sees, breaks turned into blanks, and at most `maxLength` UTF-16 units long. Text without such characters only gets cut.
 */
export function cleaned(text: string, maxLength = MAX_DEVICE_TEXT): string {
  const clean = isPrintable(text)
    ? text
    : text.replace(ESCAPES, '').replace(BREAKS, ' ').replace(ALL_UNPRINTABLE, '').trim();
  return cut(clean, maxLength);
}

/** A text in double quotes as an error message may show it: cut, and with characters that nobody sees escaped. */
export function quoted(text: string, maxLength = 200): string {
  const shown = cut(text, maxLength).replace(ALL_UNPRINTABLE, escaped);
  return `"${shown}${text.length > maxLength ? '…' : ''}"`;
}

/** A number with its noun: `1 machine`, `2 machines`; `many` is the plural where it is not formed with an s. */
export const counted = (count: number | bigint, one: string, many = `${one}s`): string =>
  `${count} ${Number(count) === 1 ? one : many}`;

const escaped = (character: string): string => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;

/** The first `length` UTF-16 units, never half of a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
