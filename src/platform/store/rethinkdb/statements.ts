import { r, type RDatum, type RTable, type WriteResult } from 'rethinkdb-ts';
import { BARRIER_ID } from '../engine.js';
import type { Query } from './query.js';
import type { Row } from './rows.js';

/**
 * The writes as ReQL. Each is a function of the database that is built once for every table and then called with its
 * parameters: building a query costs the library more than sending it and reading the answer.
 */

/** How many writes a row remembers. */
export const REMEMBERED_WRITES = 8;

/** What the database refused; it comes inside a successful answer. */
interface Refused {
  readonly error: string;
}

/** Whether a write happened, now or in an earlier attempt. Then the content is left out: who wrote it has it. */
export type WriteAnswer =
  | Refused
  | { readonly happened: true; readonly revision: number; readonly writes: readonly string[] }
  /** `remembers`: how far back the row remembers all writes, in seconds; null when that is for ever. */
  | { readonly happened: false; readonly row: Row | null; readonly remembers: number | null };

export type TouchAnswer = Refused | { readonly rows: readonly (Row | null)[] };

/** A row inside a query; `null` stands for an absent one. */
type RowTerm = RDatum<unknown>;
type Text = RDatum<string>;

const OPTIONS = { durability: 'hard', returnChanges: 'always' } as const;

/** The library's types give up on fields of rows, so the type of a field is that of its default. */
const field = <T>(row: RowTerm, name: keyof Row, otherwise: T): RDatum<T> =>
  row(name).default(otherwise) as RDatum<unknown> as RDatum<T>;

const revisionOf = (row: RowTerm): RDatum<number> => field(row, 'revision', 0);
const writesOf = (row: RowTerm): RDatum<string[]> => field<string[]>(row, '$writes', []);
const timesOf = (row: RowTerm): RDatum<number[]> => field<number[]>(row, '$times', []);
const now = (): RDatum<number> => r.now().toEpochTime().floor();
const isRemoved = (row: RowTerm): RDatum<boolean> => row('$removed').default(null).ne(null);
const isAbsent = (row: RowTerm): RDatum<boolean> => row.eq(null).or(isRemoved(row));
const isRevision = (row: RowTerm, revision: RDatum<number>): RDatum<boolean> =>
  revisionOf(row).eq(revision).and(isAbsent(row).not());

/** The book-keeping of the next state of `row`. */
const next = (row: RowTerm, write: Text): Record<string, unknown> => ({
  revision: revisionOf(row).add(1),
  $writes: writesOf(row).prepend(write).limit(REMEMBERED_WRITES),
  $times: timesOf(row).prepend(now()).limit(REMEMBERED_WRITES),
});

/** Writes before the oldest time that is known were older, whoever made them. */
const remembers = (row: RowTerm): unknown =>
  r.branch(
    row.eq(null).or(writesOf(row).count().lt(REMEMBERED_WRITES)).or(timesOf(row).isEmpty()),
    null,
    now().sub(timesOf(row).nth(-1)),
  );

type Condition = (row: RowTerm, revision: RDatum<number>) => RDatum<boolean>;

/** `r.do` for one value, without the library's opinion on what values are. */
const bind = <T>(value: unknown, body: (bound: T) => unknown): unknown =>
  (r.do as (...parameters: unknown[]) => unknown)(value, body);

/** One atomic step: nothing when the row names the write already, else the next state if the condition holds. */
const conditional =
  (table: RTable, condition: Condition, more: Record<string, unknown> = {}) =>
  (key: Text, write: Text, json: Text, revision: RDatum<number>): unknown => {
    const result = (row: RowTerm): unknown => r.json(json).merge({ ...more, ...next(row, write) });
    const step = (row: RowTerm): unknown =>
      r.branch(writesOf(row).contains(write), row, condition(row, revision), result(row), row);
    return answerOf(table.get(key).replace(step, OPTIONS), (changes) =>
      bind(changes(0)('new_val'), (row: RowTerm) =>
        r.branch(
          writesOf(row).contains(write),
          { happened: true, revision: revisionOf(row), writes: writesOf(row) },
          { happened: false, row, remembers: remembers(row) },
        ),
      ),
    );
  };

/** Leaves nested objects whole: `merge` would mix the old and the new one, so the old fields go first. */
const touching =
  (table: RTable) =>
  (write: Text, json: Text): unknown =>
    bind(r.json(json), (all: RDatum<Record<string, Record<string, unknown>>>) => {
      const rows = (table.getAll as (...keys: unknown[]) => RTable)(r.args(all.keys()));
      const patched = (row: RowTerm): unknown => {
        const patch = all(row('id') as Text) as RDatum<unknown> as RDatum<Record<string, unknown>>;
        const kept = row.without(r.args(patch.keys()) as unknown as string);
        return kept.merge(patch).merge(next(row, write));
      };
      const step = (row: RowTerm): unknown =>
        r.branch(isRemoved(row).or(writesOf(row).contains(write)), row, patched(row));
      return answerOf(rows.replace(step, OPTIONS), (changes) => r.expr({ rows: changes('new_val') }));
    });

/**
 * Raises the revision of a removal that never was. Revisions are milliseconds, so that they rise even after the removal
 * was forgotten. Need not survive anything.
 */
const barrier = (table: RTable): Query<number> => {
  const millis = r.now().toEpochTime().mul(1000).floor();
  const step = (row: RowTerm): unknown => ({
    id: BARRIER_ID,
    revision: (r.max as (list: unknown) => unknown)([millis, revisionOf(row).add(1)]),
    $removed: r.now().toEpochTime(),
  });
  const written = table.get(BARRIER_ID).replace(step, { durability: 'soft', returnChanges: 'always' });
  return answerOf(written, (changes) => revisionOf(changes(0)('new_val'))) as Query<number>;
};

const answerOf = (written: RDatum<WriteResult>, answer: (changes: RDatum<unknown[]>) => unknown): unknown =>
  bind(written, (result: RDatum<WriteResult>) => {
    const changes = result('changes').default([]) as RDatum<unknown> as RDatum<unknown[]>;
    return r.branch(result('errors').gt(0), { error: result('first_error') }, answer(changes));
  });

/** A function of the database. */
type Built = RDatum<unknown>;
const built = (statement: (...parameters: never[]) => unknown): Built =>
  (r.expr as (value: unknown) => unknown)(statement) as Built;
const call = <T>(statement: Built, ...parameters: readonly unknown[]): Query<T> =>
  (r.do as (...parameters: unknown[]) => unknown)(...parameters, statement) as Query<T>;

/** The statements for one table. `key` and `json` are those of the row, `write` names the write. */
export class Statements {
  private readonly inserting: Built;
  private readonly replacing: Built;
  private readonly removing: Built;
  private readonly touches: Built;
  readonly barrier: Query<number | Refused>;

  constructor(table: RTable) {
    this.inserting = built(conditional(table, isAbsent));
    this.replacing = built(conditional(table, isRevision));
    this.removing = built(conditional(table, isRevision, { $removed: r.now().toEpochTime() }));
    this.touches = built(touching(table));
    this.barrier = barrier(table);
  }

  insert(key: string, write: string, json: string): Query<WriteAnswer> {
    return call(this.inserting, key, write, json, 0);
  }

  replace(key: string, write: string, json: string, revision: number): Query<WriteAnswer> {
    return call(this.replacing, key, write, json, revision);
  }

  /** `json` is what the remembered removal keeps of the row. */
  remove(key: string, write: string, json: string, revision: number): Query<WriteAnswer> {
    return call(this.removing, key, write, json, revision);
  }

  /** `json` is an object of patches by key. */
  touch(write: string, json: string): Query<TouchAnswer> {
    return call(this.touches, write, json);
  }
}
