import { malformed } from '../../shared/errors/domain-error.js';
import { quoteText } from '../../shared/text.js';

/** Maximum number of objects of a page. */
export const MAX_LIMIT = 1000;

/** Longest cursor, in characters. */
const MAX_CURSOR = 16 * 1024;

/** Throws `malformed` for anything but a number from 1 to `MAX_LIMIT`. */
export function limitOf(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) {
    throw malformed(`limit ${quoteText(text, 20)} is not valid, expected a number from 1 to ${MAX_LIMIT}`);
  }
  return limit;
}

/**
 * Where the next page begins: after the object with this id. `selection` is the key of what is listed: a cursor belongs to one
 * kind, with its filters, as one role sees it.
 */
export const cursorAfter = (selection: string, id: string): string =>
  `${selection}.${Buffer.from(id).toString('base64url')}`;

/** The id after which a page begins. Throws `malformed` for other texts, and for cursors of another selection. */
export function idOfCursor(cursor: string, selection: string): string {
  const [, itsSelection, encoded = ''] = CURSOR.exec(cursor.slice(0, MAX_CURSOR + 1)) ?? [];
  const id = Buffer.from(encoded, 'base64url').toString();
  if (cursor.length > MAX_CURSOR || itsSelection === undefined || cursorAfter(itsSelection, id) !== cursor) {
    throw malformed(`cursor ${quoteText(cursor, 60)} is not valid, expected the header Next-Cursor of a page`);
  }
  if (itsSelection !== selection) {
    throw malformed('the cursor is of a listing with another kind, filter or role, start again without a cursor');
  }
  return id;
}

const CURSOR = /^([\w-]{12})\.([\w-]+)$/;
