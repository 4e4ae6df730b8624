import { BARRIER_ID } from '../engine.js';
import { call, queryOf, serverFunction, termOf, type ServerFunction } from './call.js';
import type { Query } from './query.js';
import { conditionalMany, insertedOf, insertingMany, proposalOf, type BatchAnswer } from './batches.js';
import {
  answerOf,
  bind,
  contentAfter,
  first,
  isRemoved,
  isRevision,
  next,
  OPTIONS,
  remembers,
  revisionOf,
  writesOf,
  type RowTerm,
  type Text,
} from './row-terms.js';
import { r, type ReqlTable, type Term, type WriteResult } from './reql.js';
import type { ConditionalWrite, Refused, RowWrite, WriteAnswer } from './row-write.js';
import type { Row } from './rows.js';

/**
 * The writes as ReQL. Each is a server-side function that is built once and then called with its parameters:
 * building a query takes the library longer than sending it and reading the response.
 */

export type PatchAnswer = Refused | { readonly rows: readonly (Row | null)[] };

/** What became of a write, according to the row after it. */
const verdict = (row: RowTerm, write: Text): Term =>
  r.branch(
    writesOf(row).contains(write),
    { happened: true, revision: revisionOf(row), writes: writesOf(row) },
    { happened: false, row, remembers: remembers(row) },
  );

/** The next state of a row, or the row itself. */
type Step = (
  row: RowTerm,
  write: Text,
  json: Text,
  changed: Term<string[]>,
  revision: Term<number>,
  after: Text,
) => Term;

/** Writes unless there is a document. */
const inserting: Step = (row, write, json) =>
  r.branch(
    ...[row.eq(null), r.json(json).merge(first(write))],
    ...[writesOf(row).contains(write), row],
    ...[isRemoved(row), r.json(json).merge(next(row, write))],
    row,
  );

/** Writes if the document has the revision. A write that has happened needs no look: it has raised the revision. */
const replacing =
  (more: Record<string, unknown> = {}): Step =>
  (row, write, json, changed, revision, after) =>
    r.branch(
      isRevision(row, revision, after),
      contentAfter(row, r.json(json), changed).merge({ ...more, ...next(row, write) }),
      row,
    );

/**
 * One atomic step. It takes the database longer to return a row than to write it, so the row is read only if the step did something
 * else than `expected`.
 */
const conditional =
  (table: ReqlTable, step: Step, expected: 'inserted' | 'replaced') =>
  (key: Text, write: Text, json: Text, changed: Term<string[]>, revision: Term<number>, after: Text): unknown => {
    const written = table
      .get(key)
      .replace((row: RowTerm) => step(row, write, json, changed, revision, after), { durability: 'hard' });
    return r.do(written, (result: Term<WriteResult>) =>
      r.branch(
        result('errors').gt(0),
        { error: result('first_error') },
        result<number>(expected).eq(1),
        { happened: true, revision: revision.add(1), writes: [write] },
        bind(table.get(key), (row: RowTerm) => verdict(row, write)),
      ),
    );
  };

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
    const rows = r.json<unknown[]>(json).map((row) => row.merge(first(write)));
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

/** Stands for the table in the statements that all tables share. */
const ANY_TABLE = 'any table';

/** The terms of the statements. They take the library tens of milliseconds, too long for each of dozens of tables. */
const build = () => {
  const table = r.db(ANY_TABLE).table(ANY_TABLE);
  const tombstone = { $removed: r.now().toEpochTime() };
  const statements = {
    insert: conditional(table, inserting, 'inserted'),
    replace: conditional(table, replacing(), 'replaced'),
    remove: conditional(table, replacing(tombstone), 'replaced'),
    insertMany: insertingMany(table),
    replaceMany: conditionalMany(table),
    removeMany: conditionalMany(table, tombstone),
    unchecked: patching(table),
    bulk: bulk(table),
    row: (key: Text) => table.get(key),
  };
  const terms = Object.entries(statements).map(([name, body]) => [name, serverFunction(body).term] as const);
  return {
    ...(Object.fromEntries(terms) as Record<keyof typeof statements, unknown>),
    barrier: termOf(barrier(table)),
  };
};

let built: ReturnType<typeof build> | undefined;
const sharedTerms = (): ReturnType<typeof build> => (built ??= build());

/** Number of the term for a table in the protocol. */
const TABLE = 15;

/** The term with this table's in the place of `ANY_TABLE`. */
function withTable(term: unknown, table: unknown): unknown {
  if (Array.isArray(term)) {
    const [type, parameters] = term as [unknown, unknown];
    const isTable = type === TABLE && Array.isArray(parameters) && parameters[1] === ANY_TABLE;
    return isTable ? table : term.map((part) => withTable(part, table));
  }
  if (typeof term !== 'object' || term === null) return term;
  return Object.fromEntries(Object.entries(term).map(([name, part]) => [name, withTable(part, table)]));
}

/** The statements for one table. */
export class Statements {
  private readonly single: Readonly<Record<ConditionalWrite, ServerFunction>>;
  private readonly batched: Readonly<Record<ConditionalWrite, ServerFunction>>;
  private readonly unchecked: ServerFunction;
  private readonly many: ServerFunction;
  private readonly row: ServerFunction;
  readonly barrier: Query<number | Refused>;

  constructor(table: ReqlTable) {
    const shared = sharedTerms();
    const of = (term: unknown): unknown => withTable(term, termOf(table));
    this.single = {
      insert: { term: of(shared.insert) },
      replace: { term: of(shared.replace) },
      remove: { term: of(shared.remove) },
    };
    this.batched = {
      insert: { term: of(shared.insertMany) },
      replace: { term: of(shared.replaceMany) },
      remove: { term: of(shared.removeMany) },
    };
    this.unchecked = { term: of(shared.unchecked) };
    this.many = { term: of(shared.bulk) };
    this.row = { term: of(shared.row) };
    this.barrier = queryOf(of(shared.barrier));
  }

  get(key: string): Query<Row | null> {
    return call(this.row, key);
  }

  /** One write under the condition of its kind. */
  one(kind: ConditionalWrite, { key, write, json, changed, revision, after = '' }: RowWrite): Query<WriteAnswer> {
    return call(this.single[kind], key, write, json, changed ?? null, revision, after);
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
