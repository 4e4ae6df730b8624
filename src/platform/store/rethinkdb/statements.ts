import { BARRIER_ID } from '../engine.js';
import type { Query } from './query.js';
import { r, type Table, type Term, type WriteResult } from './reql.js';
import type { Row } from './rows.js';

/**
 * The writes as ReQL. Each is a server-side function that is built once per table and then called with its parameters:
 * building a query takes the library longer than sending it and reading the response.
 */

/** How many writes a row keeps track of. */
export const REMEMBERED_WRITES = 8;

/** An error of the database, reported inside a successful response. */
interface Refused {
  readonly error: string;
}

/** Whether a write happened, now or in an earlier attempt. If so, omits the content, which the writer knows. */
export type WriteAnswer =
  | Refused
  | { readonly happened: true; readonly revision: number; readonly writes: readonly string[] }
  /** `remembers`: for how long the row has a complete record of writes, in seconds; null if unlimited. */
  | { readonly happened: false; readonly row: Row | null; readonly remembers: number | null };

export type PatchAnswer = Refused | { readonly rows: readonly (Row | null)[] };

/** A row inside a query; `null` represents an absent one. */
type RowTerm = Term;
type Text = Term<string>;

const OPTIONS = { durability: 'hard', returnChanges: 'always' } as const;

/** A field gets the type of its default. */
const field = <T>(row: RowTerm, name: keyof Row, otherwise: T): Term<T> => row<T>(name).default(otherwise);

const revisionOf = (row: RowTerm): Term<number> => field(row, 'revision', 0);
const writesOf = (row: RowTerm): Term<string[]> => field<string[]>(row, '$writes', []);
const timesOf = (row: RowTerm): Term<number[]> => field<number[]>(row, '$times', []);
const now = (): Term<number> => r.now().toEpochTime().floor();
const isRemoved = (row: RowTerm): Term<boolean> => row('$removed').default(null).ne(null);
const isAbsent = (row: RowTerm): Term<boolean> => row.eq(null).or(isRemoved(row));
const isRevision = (row: RowTerm, revision: Term<number>): Term<boolean> =>
  revisionOf(row).eq(revision).and(isAbsent(row).not());

/** The bookkeeping fields of the next state of `row`. */
const next = (row: RowTerm, write: Text): Record<string, unknown> => ({
  revision: revisionOf(row).add(1),
  $writes: writesOf(row).prepend(write).limit(REMEMBERED_WRITES),
  $times: timesOf(row).prepend(now()).limit(REMEMBERED_WRITES),
});

/** Writes that are not recorded happened before the oldest recorded time. */
const remembers = (row: RowTerm): unknown =>
  r.branch(
    row.eq(null).or(writesOf(row).count().lt(REMEMBERED_WRITES)).or(timesOf(row).isEmpty()),
    null,
    now().sub(timesOf(row).nth(-1)),
  );

type Condition = (row: RowTerm, revision: Term<number>) => Term<boolean>;

/** `r.do` for one value. */
const bind = <T>(value: Term<T>, body: (bound: Term<T>) => unknown): Term => r.do(value, body);

/** One atomic step: keeps a row that already records the write; else writes the next state if the condition holds. */
const conditional =
  (table: Table, condition: Condition, more: Record<string, unknown> = {}) =>
  (key: Text, write: Text, json: Text, revision: Term<number>): unknown => {
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

/** Replaces nested objects as a whole: `merge` would mix the old and new ones, so the old fields are removed first. */
const patching =
  (table: Table) =>
  (write: Text, json: Text): unknown =>
    bind(r.json(json), (all) => {
      const rows = table.getAll(r.args(all.keys()));
      const patched = (row: RowTerm): unknown => {
        const patch = all(row<string>('id'));
        return row.without(r.args(patch.keys())).merge(patch).merge(next(row, write));
      };
      const step = (row: RowTerm): unknown =>
        r.branch(isRemoved(row).or(writesOf(row).contains(write)), row, patched(row));
      return answerOf(rows.replace(step, OPTIONS), (changes) => r.expr({ rows: changes('new_val') }));
    });

/** New rows; those whose key is taken, also by a removal, are left alone. */
const bulk =
  (table: Table) =>
  (write: Text, json: Text): unknown => {
    const first = { revision: 1, $writes: [write], $times: [now()] };
    const rows = r.json<unknown[]>(json).map((row) => row.merge(first));
    return table.insert(rows, { durability: 'hard', conflict: 'error' })('inserted');
  };

/**
 * Raises the revision of a reserved tombstone. Revisions are milliseconds, so that they rise even after the tombstone
 * has expired. Need not be durable.
 */
const barrier = (table: Table): Query<number> => {
  const millis = r.now().toEpochTime().mul(1000).floor();
  const step = (row: RowTerm): unknown => ({
    id: BARRIER_ID,
    revision: r.max([millis, revisionOf(row).add(1)]),
    $removed: r.now().toEpochTime(),
  });
  const written = table.get(BARRIER_ID).replace(step, { durability: 'soft', returnChanges: 'always' });
  return answerOf<number>(written, (changes) => revisionOf(changes(0)('new_val')));
};

const answerOf = <T = unknown>(written: Term<WriteResult>, answer: (changes: Term<unknown[]>) => unknown): Term<T> =>
  r.do<T>(written, (result: Term<WriteResult>) => {
    const changes = result<unknown[]>('changes').default([]);
    return r.branch(result('errors').gt(0), { error: result('first_error') }, answer(changes));
  });

/** A server-side function. */
type Built = Term;
const built = (statement: (...parameters: never[]) => unknown): Built => r.expr(statement);
const call = <T>(statement: Built, ...parameters: readonly unknown[]): Query<T> => r.do<T>(...parameters, statement);

/**
 * The statements for one table. `key` and `json` are the key and content of the row, `write` is the ID of the write.
 */
export class Statements {
  private readonly inserting: Built;
  private readonly replacing: Built;
  private readonly removing: Built;
  private readonly unchecked: Built;
  private readonly many: Built;
  readonly barrier: Query<number | Refused>;

  constructor(table: Table) {
    this.inserting = built(conditional(table, isAbsent));
    this.replacing = built(conditional(table, isRevision));
    this.removing = built(conditional(table, isRevision, { $removed: r.now().toEpochTime() }));
    this.unchecked = built(patching(table));
    this.many = built(bulk(table));
    this.barrier = barrier(table);
  }

  insert(key: string, write: string, json: string): Query<WriteAnswer> {
    return call(this.inserting, key, write, json, 0);
  }

  /** `json` is a list of rows. */
  insertMany(write: string, json: string): Query<number> {
    return call(this.many, write, json);
  }

  replace(key: string, write: string, json: string, revision: number): Query<WriteAnswer> {
    return call(this.replacing, key, write, json, revision);
  }

  /** `json` is the content of the tombstone. */
  remove(key: string, write: string, json: string, revision: number): Query<WriteAnswer> {
    return call(this.removing, key, write, json, revision);
  }

  /** `json` is an object of patches by key. */
  patchUnchecked(write: string, json: string): Query<PatchAnswer> {
    return call(this.unchecked, write, json);
  }
}
