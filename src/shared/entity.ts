import type { Content, Document } from './document.js';
import { malformed } from './errors/domain-error.js';
import { isPrintable, quoted } from './text.js';

/** What the entities of the catalog have in common. Times are ISO 8601 in UTC with milliseconds. */
export interface Entity extends Document {
  readonly name: string;
  readonly description: string;
  readonly created: string;
  readonly changed: string;
}

/** The part of an entity that its creator decides. */
export type NewEntity<T extends Entity> = Omit<T, 'revision' | 'created' | 'changed'>;

/** What a client may leave out of a request stays `undefined`: in a change it means "keep". */
export type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** A new entity, created now. */
export const created = <T extends Entity>(fields: NewEntity<T>, now: string): Content<T> =>
  ({ ...fields, created: now, changed: now }) as unknown as Content<T>;

/** The entity with the given fields replaced; those that are `undefined` stay as they are. */
export const changed = <T extends Entity>(entity: T, fields: Optional<Omit<T, keyof Document>>, now: string): T => ({
  ...entity,
  ...given(fields),
  changed: now,
});

/** The fields that were given. */
export const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Longest key that every database takes. */
const MAX_ID_BYTES = 127;

/** Keys that every JavaScript object has already: whoever copies a map member by member would change its prototype. */
const RESERVED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** Why no id, and no key of labels or tags, can be this text; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (RESERVED_NAMES.includes(name)) return `must not be ${RESERVED_NAMES.join(', ')}`;
  return isPrintable(name) ? undefined : 'must not contain control characters or invisible ones';
}

/**
 * Throws `malformed` for an id that no entity can have: empty, too long for a database, with characters that nobody sees,
 * or one that no path can name, so that nobody could read or delete the entity (an escaped slash separates segments).
 */
export function checkId(what: string, id: string): void {
  if (!id) throw malformed(`${what} id must not be empty`);
  if (id.includes('/') || id === '.' || id === '..') {
    throw malformed(`${what} id ${quoted(id, 40)} must not be "." or "..", nor contain a slash: no path could name it`);
  }
  const problem = nameProblem(id);
  if (problem) throw malformed(`${what} id ${quoted(id, 40)} ${problem}`);
  const bytes = Buffer.byteLength(id);
  if (bytes > MAX_ID_BYTES) {
    throw malformed(`${what} id ${quoted(id, 20)} has ${bytes} bytes, at most ${MAX_ID_BYTES} are allowed`);
  }
}

/** Throws `malformed` for a tag `key` or `key=value` whose key no map could have; `field` names the list. */
export function checkTags(field: string, tags: readonly string[]): void {
  tags.forEach((tag, index) => {
    const [key = ''] = tag.split('=', 1);
    const problem = nameProblem(key);
    if (problem) throw malformed(`${field}[${index}]: the key of a tag ${problem}, got ${quoted(key, 40)}`);
  });
}

/** Order of every list: byte-wise by id, the same on each replica. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
