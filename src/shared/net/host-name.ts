import { isPrintable, quoteText } from '../text.js';

/** Maximum length of a name, without a trailing dot (RFC 1035 §2.3.4). */
const MAX_NAME = 253;
/** Maximum length of each part between dots. */
const MAX_LABEL = 63;

/** Letters of any script, digits, `-` and `_`; no characters with a meaning in shells, URLs or file names. */
const LABEL = /^[\p{L}\p{M}\p{N}_-]+$/u;
const DNS_NAME = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$/;

/**
 * Why the text is invalid as a machine's host name; undefined if it is valid. Less strict than DNS: underscores,
 * capitals, letters of any script and hyphens anywhere have always been accepted.
 */
export function hostNameProblem(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const { length } = [...name.slice(0, 4 * MAX_NAME)];
  if (length > MAX_NAME) return `has more than ${MAX_NAME} characters`;
  if (!isPrintable(name)) return 'contains control characters or invisible ones';
  for (const label of name.split('.')) {
    if (label === '') return 'has nothing between two dots, or at its beginning';
    if ([...label].length > MAX_LABEL)
      return `has a part of more than ${MAX_LABEL} characters: ${quoteText(label, MAX_LABEL)}`;
    if (!LABEL.test(label)) return `has a part that is not made of letters, digits, "-" and "_": ${quoteText(label)}`;
  }
  return undefined;
}

/** Whether the text is a name that DNS can resolve. */
export const isDnsName = (text: string): boolean => DNS_NAME.test(text) && text.replace(/\.$/, '').length <= MAX_NAME;
