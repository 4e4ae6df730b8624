import type { LogRange } from '../append-log.js';
import type { Removal } from '../engine.js';

/** One put or deletion in a batch. */
export type Op =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'del'; readonly key: string };

/** Half-open range of keys. */
export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

/** A removal with its time, in milliseconds since the epoch. */
export interface StoredRemoval extends Removal {
  readonly at: number;
}

/**
 * Layout of the key space: `t!<table>!<id>` documents, `x!<table>!<id>` tombstones, `l!<log>!<id>` log entries,
 * `meta!format` the version of this layout. Names of tables and logs contain no `!`.
 */
export const FORMAT_KEY = 'meta!format';
export const FORMAT = 1;

const prefixed =
  (kind: string) =>
  (name: string, id: string): string =>
    `${kind}!${name}!${id}`;
const all =
  (kind: string) =>
  (name: string): KeyRange => ({ gte: `${kind}!${name}!`, lt: `${kind}!${name}"` }); // " follows !

export const documentKey = prefixed('t');
export const removalKey = prefixed('x');
export const entryKey = prefixed('l');
export const documentRange = all('t');
export const removalRange = all('x');

/** The ID of the entry with this key. */
export const entryId = (log: string, key: string): string => key.slice(entryKey(log, '').length);

/** The keys of the entries in a range of IDs; `undefined` if the range is empty. */
export function entryRange(log: string, { from, to }: LogRange): KeyRange | undefined {
  const range = all('l')(log);
  const gte = from === undefined ? range.gte : entryKey(log, from);
  const lt = to === undefined ? range.lt : entryKey(log, to);
  return gte < lt ? { gte, lt } : undefined;
}
