/** Cleaning, truncation, checking and quoting of texts from devices and users. */

/** Maximum length of a name, model, serial number or version of a device, in UTF-16 units. */
export const MAX_DEVICE_TEXT = 256;

/** Maximum length of a message of a device (event, error, kernel command line), in UTF-16 units. */
export const MAX_DEVICE_MESSAGE = 4096;

/**
 * Characters that terminals, logs and web pages do not display: control characters (C0, DEL, C1), invisible formatting
 * such as bidirectional overrides and zero-width joiners, line and paragraph separators, unpaired surrogates, and the
 * replacement character, which stands for invalid UTF-8.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');

const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/**
 * Terminal escape sequences (ECMA-48): with parameters (CSI), with a string up to its terminator (OSC, DCS, …), and
 * the short ones. No part can match the start of the next sequence, so that matching takes linear time.
 */
const ESCAPES = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u0080-\\u009f]*(?:\\u0007|\\u001b\\\\|\\u009c)',
    '\\u001b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

/** Whether every character of the text is visible. */
export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

/**
 * Makes a text from a device safe for logs, terminals and databases: removes escape sequences and invisible characters,
 * replaces line breaks by blanks, and truncates to `maxLength` UTF-16 units. Other text is only truncated.
 */
export function sanitizeText(text: string, maxLength = MAX_DEVICE_TEXT): string {
  const clean = isPrintable(text)
    ? text
    : text.replace(ESCAPES, '').replace(BREAKS, ' ').replace(ALL_UNPRINTABLE, '').trim();
  return cut(clean, maxLength);
}

/** Quotes a text for an error message: truncated, in double quotes, with invisible characters escaped. */
export function quoteText(text: string, maxLength = 200): string {
  const shown = cut(text, maxLength).replace(ALL_UNPRINTABLE, escaped);
  return `"${shown}${text.length > maxLength ? '…' : ''}"`;
}

/** Describes an entity by kind and ID: `project "p"`, or `no project` if there is none. */
export const entityLabel = (what: string, id: string | undefined): string =>
  !id ? `no ${what}` : `${what} ${quoteText(id)}`;

/** Formats a number with its noun: `1 machine`, `2 machines`. `many` is the plural if it is irregular. */
export const pluralize = (count: number | bigint, one: string, many = `${one}s`): string =>
  `${count} ${Number(count) === 1 ? one : many}`;

const escaped = (character: string): string => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;

/** The first `length` UTF-16 units; never splits a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
