import { randomBytes } from 'node:crypto';
import { r, type RDatum, type RTable, type WriteResult } from 'rethinkdb-ts';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Stored, WriteOutcome } from '../engine.js';
import type { Document } from '../table.js';
import type { Connections, Query } from './connections.js';
import { WriteRefused } from './failures.js';
import { fromRow, rowKey, toJson, toRow, type Row } from './rows.js';

/**
 * Conditional writes that are safe to repeat. Each carries an id of its own, which it leaves in the row (`$writes`)
 * together with those of the writes before. A write whose answer was lost is sent again unchanged: when the row names
 * it, it had happened; else its condition decides anew, in the same atomic step. Only when so many others wrote
 * meanwhile that the row has forgotten, the outcome is unknown, and the caller is told.
 */

/** How many writes a row remembers. */
const REMEMBERED_WRITES = 8;

/** How many documents one `touch` query carries. */
const TOUCH_CHUNK = 1000;

const OPTIONS = { durability: 'hard', returnChanges: 'always' } as const;

/** A row inside a query; `null` stands for an absent one. */
type RowTerm = RDatum<unknown>;

const newWriteId = (): string => randomBytes(9).toString('base64url');

/** The library's types give up on fields of rows, so the type of a field is that of its default. */
const field = <T>(row: RowTerm, name: keyof Row, otherwise: T): RDatum<T> =>
  row(name).default(otherwise) as RDatum<unknown> as RDatum<T>;

const revisionOf = (row: RowTerm): RDatum<number> => field(row, 'revision', 0);
const writesOf = (row: RowTerm): RDatum<string[]> => field<string[]>(row, '$writes', []);
const isRemoved = (row: RowTerm): RDatum<boolean> => row('$removed').default(null).ne(null);
const isAbsent = (row: RowTerm): RDatum<boolean> => row.eq(null).or(isRemoved(row));

/** The book-keeping of the next state of `row`. */
const next = (row: RowTerm, write: string): Record<string, unknown> => ({
  revision: revisionOf(row).add(1),
  $writes: writesOf(row).prepend(write).limit(REMEMBERED_WRITES),
});

interface ConditionalWrite {
  readonly condition: (row: RowTerm) => RDatum<boolean>;
  readonly result: (row: RowTerm, write: string) => unknown;
}

/** What became of a conditional write: whether it happened, how many writes ago, and the row that is stored now. */
type Verdict =
  | { readonly happened: false; readonly row: Row | null }
  | { readonly happened: true; readonly age: number; readonly row: Row };

export class Writes {
  constructor(
    private readonly connections: Connections,
    private readonly table: (name: string) => RTable,
  ) {}

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    const json = toRow(content);
    const verdict = await this.write(table, content.id, undefined, {
      condition: isAbsent,
      result: (row, write) => r.json(json).merge(next(row, write)),
    });
    return outcomeOf(verdict, content);
  }

  async replace(table: string, content: { readonly id: string }, expectedRevision: number): Promise<WriteOutcome> {
    const json = toRow(content);
    const verdict = await this.write(table, content.id, expectedRevision, {
      condition: (row) => revisionOf(row).eq(expectedRevision).and(isAbsent(row).not()),
      result: (row, write) => r.json(json).merge(next(row, write)),
    });
    return outcomeOf(verdict, content);
  }

  /** Reads first: the answer is the removed document, also when the answer to the write is lost. */
  async remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome> {
    for (;;) {
      const stored = await this.read(table, id);
      if (stored.current === undefined) return { ok: false, ...stored };
      if (expectedRevision !== undefined && stored.revision !== expectedRevision) return { ok: false, ...stored };
      const verdict = await this.removeRevision(table, id, stored.revision);
      if (verdict.happened) return { ok: true, document: stored.current };
      if (expectedRevision !== undefined) return { ok: false, ...fromRow(verdict.row) };
    }
  }

  async read(table: string, id: string): Promise<Stored> {
    const { result } = await this.connections.run<Row | null>(this.table(table).get(rowKey(id)));
    return fromRow(result);
  }

  async touch(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const merged = new Map<string, { readonly id: string }>();
    for (const patch of patches) merged.set(patch.id, { ...merged.get(patch.id), ...patch });
    const all = [...merged.values()];
    const documents: Document[] = [];
    for (let from = 0; from < all.length; from += TOUCH_CHUNK) {
      documents.push(...(await this.touchChunk(table, all.slice(from, from + TOUCH_CHUNK))));
    }
    return documents;
  }

  private async removeRevision(table: string, id: string, revision: number): Promise<Verdict> {
    const identity = { id: rowKey(id), ...(rowKey(id) === id ? {} : { $id: id }) };
    return this.write(table, id, revision, {
      condition: (row) => revisionOf(row).eq(revision).and(isAbsent(row).not()),
      result: (row, write) => r.expr({ ...identity, $removed: r.now().toEpochTime() }).merge(next(row, write)),
    });
  }

  private async write(
    table: string,
    id: string,
    expectedRevision: number | undefined,
    { condition, result }: ConditionalWrite,
  ): Promise<Verdict> {
    const write = newWriteId();
    const step = (row: RowTerm): unknown =>
      r.branch(writesOf(row).contains(write), row, condition(row), result(row, write), row);
    const query = this.table(table).get(rowKey(id)).replace(step, OPTIONS);
    const { result: answer, attempts } = await this.connections.run(checked(query));
    const row = (answer.changes?.[0]?.new_val ?? null) as Row | null;
    const age = row?.$writes?.indexOf(write) ?? -1;
    if (row !== null && age >= 0) return { happened: true, age, row };
    if (attempts > 1 && mayHaveForgotten(row, expectedRevision)) throw outcomeUnknown(table, id);
    return { happened: false, row };
  }

  /** Leaves nested objects whole: `merge` would mix the old and the new one, so the old fields go first. */
  private async touchChunk(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const write = newWriteId();
    const byKey = Object.fromEntries(patches.map((patch) => [rowKey(patch.id), JSON.parse(toRow(patch)) as unknown]));
    const patched = (row: RowTerm, patch: RDatum<Record<string, unknown>>): unknown =>
      row
        .without(r.args(patch.keys()) as unknown as string)
        .merge(patch)
        .merge(next(row, write));
    const query = r.do(r.json(JSON.stringify(byKey)), (all: RDatum<Record<string, Record<string, unknown>>>) =>
      this.rowsOf(table, all.keys()).replace((row: RowTerm) => {
        const patch = all(row('id') as RDatum<string>);
        return r.branch(isRemoved(row).or(writesOf(row).contains(write)), row, patched(row, patch));
      }, OPTIONS),
    ) as unknown as RDatum<WriteResult>;
    const { result } = await this.connections.run(checked(query));
    const rows = (result.changes ?? []).map((change) => change.new_val as Row | null);
    return rows.flatMap((row) => fromRow(row).current ?? []);
  }

  private rowsOf(table: string, keys: RDatum<string[]>): RTable {
    return (this.table(table).getAll as (...keys: unknown[]) => RTable)(r.args(keys));
  }
}

/** The query, failing when the server refused it for a document. */
export const checked = (query: RDatum<WriteResult>): Query<WriteResult> => ({
  run: async (connection) => {
    const result = await query.run(connection);
    if (result.errors > 0) throw new WriteRefused(result.first_error ?? 'the database refused a write');
    return result;
  },
});

/** The document of a write that happened is its own, even when somebody wrote after it. */
function outcomeOf(verdict: Verdict, content: { readonly id: string }): WriteOutcome {
  const stored = fromRow(verdict.row);
  if (!verdict.happened) return { ok: false, ...stored };
  if (verdict.age === 0 && stored.current !== undefined) return { ok: true, document: stored.current };
  const document = {
    ...(JSON.parse(toJson(content)) as object),
    id: content.id,
    revision: verdict.row.revision - verdict.age,
  };
  return { ok: true, document };
}

/** Whether a row that does not name a write may have named it. */
function mayHaveForgotten(row: Row | null, expectedRevision: number | undefined): boolean {
  if (row === null || (row.$writes?.length ?? 0) < REMEMBERED_WRITES) return false;
  return expectedRevision === undefined || row.revision > expectedRevision + REMEMBERED_WRITES;
}

const outcomeUnknown = (table: string, id: string): DomainError =>
  new DomainError(
    'unavailable',
    `the database did not tell whether ${table} "${id}" was written, please read it again`,
  );
