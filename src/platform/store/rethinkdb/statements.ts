import { BARRIER_ID } from '../engine.js';
import type { Query } from './query.js';
import { r, type ReqlTable, type Term, type WriteOptions, type WriteResult } from './reql.js';
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

/** The state of a row after a batch. */
interface RowState {
  readonly key: string;
  readonly revision: number;
  readonly writes: readonly string[];
  /** The row, and `remembers` of `WriteAnswer`; missing if the batch has changed it, or if there is none. */
  readonly row?: Row;
  readonly remembers?: number | null;
}

/** The answer to a batch of conditional writes: all happened, or else the state of each row. See `answersTo`. */
export type BatchAnswer = Refused | { readonly all: true } | { readonly states: readonly RowState[] };

type Answered = Exclude<WriteAnswer, Refused>;

/** What became of each write of a batch, in their order. */
export function answersTo(writes: readonly RowWrite[], answer: Exclude<BatchAnswer, Refused>): Answered[] {
  if ('all' in answer)
    return writes.map(({ write, revision }) => ({ happened: true, revision: revision + 1, writes: [write] }));
  const states = new Map(answer.states.map((state) => [state.key, state]));
  return writes.map((write) => answerTo(write, states.get(write.key)));
}

const answerTo = ({ write }: RowWrite, state: RowState | undefined): Answered =>
  state?.writes.includes(write)
    ? { happened: true, revision: state.revision, writes: state.writes }
    : { happened: false, row: state?.row ?? null, remembers: state?.remembers ?? null };

export type PatchAnswer = Refused | { readonly rows: readonly (Row | null)[] };

/** The kinds of conditional writes: of an absent row, of the state of a row, of the tombstone that replaces it. */
export type ConditionalWrite = 'insert' | 'replace' | 'remove';

/** A conditional write of one row. */
export interface RowWrite {
  readonly key: string;
  /** ID of the write. */
  readonly write: string;
  /** Content of the row, or of its tombstone. */
  readonly json: string;
  /** The revision that the row must have; 0 for `insert`. */
  readonly revision: number;
  /** ID of the write that must have produced this revision; undefined if any may have. */
  readonly after?: string | undefined;
}

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
const isAfter = (row: RowTerm, after: Text): Term<boolean> =>
  after.eq('').or(writesOf(row).nth(0).default('').eq(after));
const isRevision = (row: RowTerm, revision: Term<number>, after: Text): Term<boolean> =>
  revisionOf(row).eq(revision).and(isAbsent(row).not()).and(isAfter(row, after));

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

/** What became of a write, according to the row after it. */
const verdict = (row: RowTerm, write: Text): Term =>
  r.branch(
    writesOf(row).contains(write),
    { happened: true, revision: revisionOf(row), writes: writesOf(row) },
    { happened: false, row, remembers: remembers(row) },
  );

type Condition = (row: RowTerm, revision: Term<number>, after: Text) => Term<boolean>;

/** `r.do` for one value. */
const bind = <T>(value: Term<T>, body: (bound: Term<T>) => unknown): Term => r.do(value, body);

/**
 * One atomic step: keeps a row that already records the write; else writes the next state if the condition holds. It takes the
 * database longer to return a row than to write it, so the row is read only if the step did something else than `expected`.
 */
const conditional =
  (table: ReqlTable, condition: Condition, expected: 'inserted' | 'replaced', more: Record<string, unknown> = {}) =>
  (key: Text, write: Text, json: Text, revision: Term<number>, after: Text): unknown => {
    const result = (row: RowTerm): unknown => r.json(json).merge({ ...more, ...next(row, write) });
    const step = (row: RowTerm): unknown =>
      r.branch(writesOf(row).contains(write), row, condition(row, revision, after), result(row), row);
    return r.do(table.get(key).replace(step, { durability: 'hard' }), (written: Term<WriteResult>) =>
      r.branch(
        written('errors').gt(0),
        { error: written('first_error') },
        written<number>(expected).eq(1),
        { happened: true, revision: revision.add(1), writes: [write] },
        bind(table.get(key), (row: RowTerm) => verdict(row, write)),
      ),
    );
  };

/**
 * The answer to a batch, which `write` sends. The states of its rows are asked for only if the `expected` count is not that of all
 * rows: by writing again, which changes nothing.
 */
const batchAnswer = (
  rows: Term<unknown[]>,
  write: (options: WriteOptions) => Term<WriteResult>,
  expected: 'inserted' | 'replaced',
): Term =>
  r.do(write({ durability: 'hard' }), (result: Term<WriteResult>) =>
    r.branch(
      result('errors').gt(0),
      { error: result('first_error') },
      result<number>(expected).eq(rows.count()),
      { all: true },
      answerOf(write(OPTIONS), (changes) => r.expr({ states: changes.map(stateAfter) })),
    ),
  );

/** The state of a row, with the row itself if it was not changed: a writer knows what it has written. */
const stateAfter = (change: Term): Term =>
  bind(change('new_val'), (row: RowTerm) => {
    const state = { key: row('id'), revision: revisionOf(row), writes: writesOf(row) };
    const before = change('old_val');
    const isUnchanged = before.ne(null).and(revisionOf(before).eq(revisionOf(row)));
    return r.branch(isUnchanged, { ...state, row, remembers: remembers(row) }, state);
  });

/**
 * `conditional` for many rows that exist, each an atomic step of its own. Each write is a proposal that conflicts with its row. A
 * function that looks the writes up in the batch takes several times as long, as each of the rows gets the whole batch. The
 * proposal for a row that does not exist remains as a tombstone of revision 0.
 */
const conditionalMany =
  (table: ReqlTable, more: Record<string, unknown> = {}) =>
  (json: Text): unknown =>
    bind(r.json<unknown[]>(json), (proposals) => {
      const conflict = (_name: Text, row: RowTerm, proposal: RowTerm): unknown => {
        const write = proposal<string>('$write');
        const isMet = isRevision(row, proposal<number>('$expected'), proposal<string>('$after'));
        const result = proposal('$next').merge({ ...more, ...next(row, write) });
        return r.branch(writesOf(row).contains(write), row, isMet, result, row);
      };
      return batchAnswer(proposals, (options) => table.insert(proposals, { ...options, conflict }), 'replaced');
    });

/** The text of a proposal. */
const proposalOf = ({ key, write, json, revision, after = '' }: RowWrite): string => {
  const removed = Math.floor(Date.now() / 1000);
  const condition = { $write: write, $expected: revision, $after: after };
  return `{${inner({ id: key, revision: 0, $removed: removed, ...condition })},"$next":${json}}`;
};

/** `conditional` for many rows that do not exist, or only as tombstones. */
const insertingMany =
  (table: ReqlTable) =>
  (json: Text): unknown =>
    bind(
      r.json<unknown[]>(json).map((row) => row.merge({ $times: [now()] })),
      (rows) => {
        // The first parameter is the name of the key, not its value, in spite of the database's documentation.
        const conflict = (_name: Text, row: RowTerm, inserted: RowTerm): unknown => {
          const write = writesOf(inserted).nth(0);
          const result = inserted.merge(next(row, write));
          return r.branch(writesOf(row).contains(write), row, isRemoved(row), result, row);
        };
        return batchAnswer(rows, (options) => table.insert(rows, { ...options, conflict }), 'inserted');
      },
    );

/** The text of a row that is inserted; its content is not empty. */
const insertedOf = ({ write, json }: RowWrite): string =>
  `${json.slice(0, -1)},${inner({ revision: 1, $writes: [write] })}}`;

/** The members of an object as JSON, without its braces. */
const inner = (object: object): string => JSON.stringify(object).slice(1, -1);

/** Replaces nested objects as a whole: `merge` would mix the old and new ones, so the old fields are removed first. */
const patching =
  (table: ReqlTable) =>
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
  (table: ReqlTable) =>
  (write: Text, json: Text): unknown => {
    const first = { revision: 1, $writes: [write], $times: [now()] };
    const rows = r.json<unknown[]>(json).map((row) => row.merge(first));
    return table.insert(rows, { durability: 'hard', conflict: 'error' })('inserted');
  };

/**
 * Raises the revision of a reserved tombstone. Revisions are milliseconds, so that they rise even after the tombstone
 * has expired. Need not be durable.
 */
const barrier = (table: ReqlTable): Query<number> => {
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

/** The statements for one table. */
export class Statements {
  private readonly single: Readonly<Record<ConditionalWrite, Built>>;
  private readonly batched: Readonly<Record<ConditionalWrite, Built>>;
  private readonly unchecked: Built;
  private readonly many: Built;
  readonly barrier: Query<number | Refused>;

  constructor(table: ReqlTable) {
    const tombstone = { $removed: r.now().toEpochTime() };
    this.single = {
      insert: built(conditional(table, isAbsent, 'inserted')),
      replace: built(conditional(table, isRevision, 'replaced')),
      remove: built(conditional(table, isRevision, 'replaced', tombstone)),
    };
    this.batched = {
      insert: built(insertingMany(table)),
      replace: built(conditionalMany(table)),
      remove: built(conditionalMany(table, tombstone)),
    };
    this.unchecked = built(patching(table));
    this.many = built(bulk(table));
    this.barrier = barrier(table);
  }

  /** One write under the condition of its kind. */
  one(kind: ConditionalWrite, { key, write, json, revision, after = '' }: RowWrite): Query<WriteAnswer> {
    return call(this.single[kind], key, write, json, revision, after);
  }

  /** Many writes, each atomic and under its own condition, as with `one`. Their keys must differ. */
  batch(kind: ConditionalWrite, writes: readonly RowWrite[]): Query<BatchAnswer> {
    const members = writes.map(kind === 'insert' ? insertedOf : proposalOf);
    return call(this.batched[kind], `[${members.join()}]`);
  }

  /** `json` is a list of rows, `write` the ID of the write. */
  insertMany(write: string, json: string): Query<number> {
    return call(this.many, write, json);
  }

  /** `json` is an object of patches by key, `write` the ID of the write. */
  patchUnchecked(write: string, json: string): Query<PatchAnswer> {
    return call(this.unchecked, write, json);
  }
}
