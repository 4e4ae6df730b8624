import {
  answerOf,
  bind,
  contentAfter,
  isRemoved,
  isRevision,
  next,
  now,
  OPTIONS,
  remembers,
  revisionOf,
  writesOf,
  type RowTerm,
  type Text,
} from './row-terms.js';
import { r, type ReqlTable, type Term, type WriteOptions, type WriteResult } from './reql.js';
import type { Refused, RowWrite, WriteAnswer } from './row-write.js';
import type { Row } from './rows.js';

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
 * Conditional writes of many rows that exist, each an atomic step of its own. Each write is a proposal that conflicts with its row. A
 * function that looks the writes up in the batch takes several times as long, as each of the rows gets the whole batch. The
 * proposal for a row that does not exist remains as a tombstone of revision 0.
 */
export const conditionalMany =
  (table: ReqlTable, more: Record<string, unknown> = {}) =>
  (json: Text): unknown =>
    bind(r.json<unknown[]>(json), (proposals) => {
      const conflict = (_name: Text, row: RowTerm, proposal: RowTerm): unknown => {
        const write = proposal<string>('$write');
        const isMet = isRevision(row, proposal<number>('$expected'), proposal<string>('$after'));
        const content = contentAfter(row, proposal('$next'), proposal<string[]>('$changed'));
        const result = content.merge({ ...more, ...next(row, write) });
        return r.branch(isMet, result, row);
      };
      return batchAnswer(proposals, (options) => table.insert(proposals, { ...options, conflict }), 'replaced');
    });

/** The text of a proposal. */
export const proposalOf = ({ key, write, json, changed, revision, after = '' }: RowWrite): string => {
  const removed = Math.floor(Date.now() / 1000);
  const condition = { $write: write, $expected: revision, $after: after, $changed: changed ?? null };
  return `{${inner({ id: key, revision: 0, $removed: removed, ...condition })},"$next":${json}}`;
};

/** Conditional writes of many rows that do not exist, or only as tombstones. */
export const insertingMany =
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
export const insertedOf = ({ write, json }: RowWrite): string =>
  `${json.slice(0, -1)},${inner({ revision: 1, $writes: [write] })}}`;

/** The members of an object as JSON, without its braces. */
const inner = (object: object): string => JSON.stringify(object).slice(1, -1);
