import { timestamp, ZERO_TIME } from '../shared/clock.js';
import type { OldRow } from './sources/source.js';

/**
 * Fields of old documents. What older versions of the old server left out, or stored as null, reads as empty: that is
 * what the old server itself took it for.
 */
export const text = (row: OldRow, field: string): string => {
  const value = row[field];
  return typeof value === 'string' ? value : '';
};

export const flag = (row: OldRow, field: string): boolean => row[field] === true;

export const count = (row: OldRow, field: string): number => {
  const value = row[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};

/** The object in a field; undefined when there is none. */
export const part = (row: OldRow, field: string): OldRow | undefined => asRow(row[field]);

/** The objects in a list. */
export const parts = (row: OldRow, field: string): OldRow[] =>
  list(row, field)
    .map(asRow)
    .filter((value) => value !== undefined);

/** The texts in a list. */
export const texts = (row: OldRow, field: string): string[] =>
  list(row, field).filter((value) => typeof value === 'string');

export const numbers = (row: OldRow, field: string): number[] =>
  list(row, field).filter((value) => typeof value === 'number');

/** Labels, annotations and the like: the members that are texts. */
export const dictionary = (row: OldRow, field: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(part(row, field) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** An instant of RethinkDB in UTC; undefined when there is none, or the year 1, which is the old server's "never". */
export function instant(row: OldRow, field: string): string | undefined {
  const epoch = part(row, field)?.['epoch_time'];
  if (typeof epoch !== 'number') return undefined;
  const iso = timestamp(Math.round(epoch * 1000));
  return iso === ZERO_TIME ? undefined : iso;
}

/** The same where every document has one. */
export const moment = (row: OldRow, field: string): string => instant(row, field) ?? ZERO_TIME;

/** `{"seconds": 1, "nanos": 2}` of the masterdata in UTC with milliseconds; `""` when there is none. */
export function protoTime(row: OldRow, field: string): string {
  const time = part(row, field);
  if (time === undefined) return '';
  return timestamp(count(time, 'seconds') * 1000 + Math.floor(count(time, 'nanos') / 1_000_000));
}

/** What all entities of the catalog have in common. */
export const entity = (row: OldRow) => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  description: text(row, 'description'),
  created: moment(row, 'created'),
  changed: moment(row, 'changed'),
});

function list(row: OldRow, field: string): unknown[] {
  const value = row[field];
  return Array.isArray(value) ? value : [];
}

const asRow = (value: unknown): OldRow | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as OldRow) : undefined;
