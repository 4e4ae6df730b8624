import type { Content, Document } from './document.js';
import { malformed } from './errors/domain-error.js';
import { isPrintable, quoteText } from './text.js';

/** Fields that all entities have. Times are ISO 8601 in UTC with milliseconds. */
export interface Entity extends Document {
  readonly name: string;
  readonly description: string;
  readonly created: string;
  readonly changed: string;
}

/** The fields of an entity that are set on creation. */
export type NewEntity<T extends Entity> = Omit<T, 'revision' | 'created' | 'changed'>;

/** Fields that a client may omit from a request: `undefined` means the same as no field. */
export type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Creates an entity with both timestamps set to `now`. */
export const createEntity = <T extends Entity>(fields: NewEntity<T>, now: string): Content<T> =>
  ({ ...fields, created: now, changed: now }) as unknown as Content<T>;

/** Returns the entity with the given fields replaced; fields that are `undefined` keep their value. */
export const changeEntity = <T extends Entity>(
  entity: T,
  fields: Optional<Omit<T, keyof Document>>,
  now: string,
): T => ({
  ...entity,
  ...definedFields(fields),
  changed: now,
});

/** Returns the fields that are not `undefined`. */
export const definedFields = <T extends object>(fields: T): DefinedFields<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as DefinedFields<T>;

type DefinedFields<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Maximum key length that all databases support. */
const MAX_ID_BYTES = 127;

/**
 * Keys that every JavaScript object inherits: a client that copies a map member by member would change its prototype.
 */
const RESERVED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Why the text is invalid as an ID or as a key of labels or tags; undefined if it is valid. */
export function nameProblem(name: string): string | undefined {
  if (RESERVED_NAMES.includes(name)) return `must not be ${RESERVED_NAMES.join(', ')}`;
  return isPrintable(name) ? undefined : 'must not contain control characters or invisible ones';
}

/**
 * Throws `malformed` for an invalid ID: empty, too long for a database, with invisible characters, one that looks like
 * another one (a blank at an end, an accent as a character of its own), or one that no URL path can address, so that no
 * client could read or delete the entity (an escaped slash separates segments). Only for IDs that are about to be stored:
 * older ones remain usable.
 */
export function checkId(what: string, id: string): void {
  if (!id) throw malformed(`${what} id must not be empty`);
  if (id.includes('/') || id === '.' || id === '..') {
    throw malformed(
      `${what} id ${quoteText(id, 40)} must not be "." or "..", nor contain a slash: no URL path could address it`,
    );
  }
  const problem = nameProblem(id) ?? spellingProblem(id);
  if (problem) throw malformed(`${what} id ${quoteText(id, 40)} ${problem}`);
  const bytes = Buffer.byteLength(id);
  if (bytes > MAX_ID_BYTES) {
    throw malformed(`${what} id ${quoteText(id, 20)} has ${bytes} bytes, at most ${MAX_ID_BYTES} are allowed`);
  }
}

function spellingProblem(id: string): string | undefined {
  if (id.trim() !== id) return 'must not begin or end with a blank';
  // Unicode writes "é" in two ways that look the same.
  return id.normalize() === id ? undefined : 'must be in the composed form of Unicode (NFC)';
}

/** Throws `malformed` if the key of a tag (`key` or `key=value`) is invalid; `field` is the name of the list. */
export function checkTags(field: string, tags: readonly string[]): void {
  tags.forEach((tag, index) => {
    const [key = ''] = tag.split('=', 1);
    const problem = nameProblem(key);
    if (problem) throw malformed(`${field}[${index}]: the key of a tag ${problem}, got ${quoteText(key, 40)}`);
  });
}

/** Whether a search has no conditions, so that its result is the list of all objects. */
export const findsAll = (query: object): boolean => Object.values(query).every((condition) => condition === undefined);

/** The order of all lists: by ID in code unit order, the same on each replica. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
