import { isPrintable, quoted } from '../text.js';

/** Characters of a whole name, without a dot at its end (RFC 1035 §2.3.4). */
const MAX_NAME = 253;
/** Characters of each part between dots. */
const MAX_LABEL = 63;

/** Letters of any script, digits, `-` and `_`: what a shell, a URL or a file name takes for something else is none. */
const LABEL = /^[\p{L}\p{M}\p{N}_-]+$/u;
const DNS_NAME = /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$/;

/**
 * Why a machine cannot be called so; undefined when it can. Broader than DNS: underscores, capitals, letters of any script
 * and hyphens anywhere have always been possible.
 */
export function hostNameProblem(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const { length } = [...name.slice(0, 4 * MAX_NAME)];
  if (length > MAX_NAME) return `has more than ${MAX_NAME} characters`;
  if (!isPrintable(name)) return 'contains control characters or invisible ones';
  for (const label of name.split('.')) {
    if (label === '') return 'has nothing between two dots, or at its beginning';
    if ([...label].length > MAX_LABEL)
      return `has a part of more than ${MAX_LABEL} characters: ${quoted(label, MAX_LABEL)}`;
    if (!LABEL.test(label)) return `has a part that is not made of letters, digits, "-" and "_": ${quoted(label)}`;
  }
  return undefined;
}

/** Whether the text is a name that DNS can resolve. */
export const isDnsName = (text: string): boolean => DNS_NAME.test(text) && text.replace(/\.$/, '').length <= MAX_NAME;
