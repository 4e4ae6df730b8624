import { r, type Term, type WriteResult } from './reql.js';
import type { Row } from './rows.js';

/** How many writes a row keeps track of. */
export const REMEMBERED_WRITES = 8;

/** A row inside a query; `null` represents an absent one. */
export type RowTerm = Term;
export type Text = Term<string>;

/** Options of writes that return rows. */
export const OPTIONS = { durability: 'hard', returnChanges: 'always' } as const;

/** A field gets the type of its default. Falling back to it costs the database an exception, so use it where that is rare. */
const field = <T>(row: RowTerm, name: keyof Row, otherwise: T): Term<T> => row<T>(name).default(otherwise);

/** Fields and conditions of rows; see `Row`. */
export const revisionOf = (row: RowTerm): Term<number> => field(row, 'revision', 0);
export const writesOf = (row: RowTerm): Term<string[]> => field<string[]>(row, '$writes', []);
const timesOf = (row: RowTerm): Term<number[]> => field<number[]>(row, '$times', []);
export const now = (): Term<number> => r.now().toEpochTime().floor();
export const isRemoved = (row: RowTerm): Term<boolean> => row.hasFields('$removed');
export const isAbsent = (row: RowTerm): Term<boolean> => row.eq(null).or(isRemoved(row));
const isAfter = (row: RowTerm, after: Text): Term<boolean> =>
  after.eq('').or(writesOf(row).nth(0).default('').eq(after));
export const isRevision = (row: RowTerm, revision: Term<number>, after: Text): Term<boolean> =>
  revisionOf(row).eq(revision).and(isAbsent(row).not()).and(isAfter(row, after));

/** The bookkeeping fields of the next state of `row`. */
export const next = (row: RowTerm, write: Text): Record<string, unknown> => ({
  revision: revisionOf(row).add(1),
  $writes: writesOf(row).prepend(write).limit(REMEMBERED_WRITES),
  $times: timesOf(row).prepend(now()).limit(REMEMBERED_WRITES),
});

/** The bookkeeping fields of a row that did not exist. */
export const first = (write: Text): Record<string, unknown> => ({ revision: 1, $writes: [write], $times: [now()] });

/** Writes that are not recorded happened before the oldest recorded time. */
export const remembers = (row: RowTerm): unknown =>
  r.branch(
    row.eq(null).or(writesOf(row).count().lt(REMEMBERED_WRITES)).or(timesOf(row).isEmpty()),
    null,
    now().sub(timesOf(row).nth(-1)),
  );

/**
 * The content after a write: `content` as a whole if `changed` is null, else the row with these fields replaced by those of
 * `content`. Nested objects are replaced: `merge` would mix the old and new ones, so the old ones are removed first.
 */
export const contentAfter = (row: RowTerm, content: Term, changed: Term<string[]>): Term =>
  r.branch(changed.eq(null), content, row.without(r.args(changed)).merge(content));

/** `r.do` for one value. */
export const bind = <T>(value: Term<T>, body: (bound: Term<T>) => unknown): Term => r.do(value, body);

/** The answer to a write with `returnChanges`, or its error. */
export const answerOf = <T = unknown>(
  written: Term<WriteResult>,
  answer: (changes: Term<unknown[]>) => unknown,
): Term<T> =>
  r.do<T>(written, (result: Term<WriteResult>) => {
    const changes = result<unknown[]>('changes').default([]);
    return r.branch(result('errors').gt(0), { error: result('first_error') }, answer(changes));
  });
