import { createHash } from 'node:crypto';
import { copyOf } from '../../../shared/copy-of.js';
import type { Stored } from '../engine.js';
import type { Document } from '../table.js';

/**
 * A document as a row. In addition to the content, it contains these fields, whose names no document uses:
 * - `$writes`: IDs of its last writes, newest first (one per revision: `$writes[i]` produced revision − i)
 * - `$times`: times of these writes, newest first, in seconds since the epoch by the server's clock
 * - `$removed`: only in tombstones: the server's time of the removal, in seconds since the epoch
 * - `$id`: only if the ID cannot be a key of the database: the ID
 * - `$escaped`: only if field names are escaped; see `toRowJson`
 * - `$write`, `$expected`, `$after`, `$changed`, `$next`: only in a tombstone that a write left for a document that never existed; see
 *   `Statements.batch`
 */
export interface Row {
  readonly id: string;
  readonly revision: number;
  readonly $writes?: readonly string[];
  readonly $times?: readonly number[];
  readonly $removed?: number;
  readonly $id?: string;
}

/** The database accepts keys of at most 127 bytes, without NUL. */
const MAX_KEY_BYTES = 127;
const HASHED = 'sha256:';

/** The key of the row for `id`. */
export function rowKey(id: string): string {
  const fit = Buffer.byteLength(id) <= MAX_KEY_BYTES && !id.includes('\0') && !/\p{Surrogate}/u.test(id);
  return fit && !id.startsWith(HASHED) ? id : HASHED + createHash('sha256').update(JSON.stringify(id)).digest('hex');
}

/** The content of a document as JSON text for its row, without the revision. */
export function toRow(content: { readonly id: string }): string {
  const key = rowKey(content.id);
  const { revision: _, ...row } = {
    revision: 0,
    ...content,
    id: key,
    ...(key === content.id ? {} : { $id: content.id }),
  };
  return toRowJson(row);
}

/**
 * The given fields of a document's content as JSON text; undefined if they cannot be written without the others, because names have
 * to be escaped.
 */
export function toFields(content: object, names: readonly string[]): string | undefined {
  const all = content as Readonly<Record<string, unknown>>;
  const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, all[name]])));
  return needsEscaping(text + JSON.stringify(names)) ? undefined : text;
}

/** Converts a row (or its absence) to the stored state. */
export function fromRow(row: Row | null | undefined): Stored {
  if (row === null || row === undefined) return { current: undefined, revision: 0 };
  if (row.$removed !== undefined) return { current: undefined, revision: row.revision };
  return { current: toDocument(row), revision: row.revision };
}

export const idOf = (row: Row): string => row.$id ?? row.id;

function toDocument(row: Row): Document {
  const { $writes: _writes, $times: _times, $id: _id, ...document } = row;
  return fromRowJson(copyOf({ ...document, id: idOf(row) }));
}

const RESERVED = '$reql_type$';
const ESCAPED = '$$reql_type$';

/**
 * JSON text that the database accepts. Escapes the field name that it reserves (and sets `$escaped`), and replaces lone
 * surrogates.
 */
export function toRowJson(value: object): string {
  const text = JSON.stringify(value);
  if (!needsEscaping(text)) return text;
  const escape = (key: string): string => wellFormed(key).replaceAll(RESERVED, () => ESCAPED);
  return JSON.stringify({ ...(rename(JSON.parse(text), escape) as object), $escaped: true });
}

const needsEscaping = (json: string): boolean => json.includes(RESERVED) || /\\ud[89a-f]/i.test(json);

/** Reverses `toRowJson`. */
export function fromRowJson<T extends object>(value: T & { readonly $escaped?: true }): T {
  if (value.$escaped === undefined) return value;
  const { $escaped: _, ...escaped } = value;
  return rename(escaped, (key) => key.replaceAll(ESCAPED, () => RESERVED)) as T;
}

function rename(value: unknown, name: (key: string) => string): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map((item) => rename(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [name(key), rename(item, name)]));
}

const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
