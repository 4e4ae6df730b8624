import type { Content, Document } from './document.js';
import { malformed } from './errors/domain-error.js';

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

/**
 * Throws `malformed` for an id that no entity can have: empty, too long for a database, or one that no path can name, so
 * that nobody could read or delete the entity (an escaped slash separates segments, reference/40 §1.1).
 */
export function checkId(what: string, id: string): void {
  if (!id) throw malformed(`${what} id must not be empty`);
  if (id.includes('/') || id === '.' || id === '..') {
    throw malformed(
      `${what} id "${id.slice(0, 40)}" must not be "." or "..", nor contain a slash: no path could name it`,
    );
  }
  const bytes = Buffer.byteLength(id);
  if (bytes > MAX_ID_BYTES) {
    throw malformed(`${what} id "${id.slice(0, 20)}…" has ${bytes} bytes, at most ${MAX_ID_BYTES} are allowed`);
  }
}

/** Order of every list: byte-wise by id, the same on each replica. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
