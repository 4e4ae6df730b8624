import { randomBytes } from 'node:crypto';
import type { RTable } from 'rethinkdb-ts';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Stored, WriteOutcome } from '../engine.js';
import type { Document } from '../table.js';
import { WriteRefused } from './failures.js';
import type { Query, Runner } from './query.js';
import { fromJson, fromRow, rowKey, toJson, toRow, type Row } from './rows.js';
import { REMEMBERED_WRITES, Statements, type TouchAnswer, type WriteAnswer } from './statements.js';

/** How many documents one `touch` query carries. */
const TOUCH_CHUNK = 1000;

/** Hears of the revisions that the database has confirmed. */
export type Confirmed = (table: string, key: string, revision: number) => void;

type Refusal = Extract<WriteAnswer, { readonly happened: false }>;

/** Whether a conditional write happened, and then which revision it made; else what is stored. */
type Verdict = { readonly happened: true; readonly revision: number } | Refusal;

interface Attempt {
  readonly table: string;
  readonly id: string;
  /** The revision that the condition asks for; `undefined`: that there is no document. */
  readonly expected: number | undefined;
}

/**
 * Conditional writes that are safe to repeat. Each carries an id of its own, which it leaves in the row (`$writes`)
 * together with those of the writes before. A write whose answer was lost is sent again unchanged: when the row names
 * it, it had happened; else its condition decides anew, in the same atomic step. Only when so many others wrote
 * meanwhile that the row has forgotten, the outcome is unknown, and the caller is told.
 */
export class Writes {
  private readonly statements = new Map<string, Statements>();

  constructor(
    private readonly runner: Runner,
    private readonly table: (name: string) => RTable,
    private readonly confirmed: Confirmed = () => undefined,
  ) {}

  async read(table: string, id: string): Promise<Stored> {
    const { result } = await this.runner.run<Row | null>(this.table(table).get(rowKey(id)));
    return fromRow(result);
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    const statement = (write: string): Query<WriteAnswer> =>
      this.of(table).insert(rowKey(content.id), write, toRow(content));
    return outcomeOf(await this.write({ table, id: content.id, expected: undefined }, statement), content);
  }

  async replace(table: string, content: { readonly id: string }, expected: number): Promise<WriteOutcome> {
    const statement = (write: string): Query<WriteAnswer> =>
      this.of(table).replace(rowKey(content.id), write, toRow(content), expected);
    return outcomeOf(await this.write({ table, id: content.id, expected }, statement), content);
  }

  /** Reads first: the answer is the removed document, also when the answer to the write is lost. */
  async remove(table: string, id: string, expectedRevision: number | undefined): Promise<WriteOutcome> {
    for (;;) {
      const stored = await this.read(table, id);
      if (stored.current === undefined) return { ok: false, ...stored };
      if (expectedRevision !== undefined && stored.revision !== expectedRevision) return { ok: false, ...stored };
      const expected = stored.revision;
      const statement = (write: string): Query<WriteAnswer> =>
        this.of(table).remove(rowKey(id), write, toRow({ id }), expected);
      const verdict = await this.write({ table, id, expected }, statement);
      if (verdict.happened) return { ok: true, document: stored.current };
      if (expectedRevision !== undefined) return { ok: false, ...fromRow(verdict.row) };
    }
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

  /** See `Engine.barrier`. */
  async barrier(table: string): Promise<number> {
    const { result } = await this.runner.run(this.of(table).barrier);
    if (typeof result !== 'number') throw new WriteRefused(result.error);
    return result;
  }

  private async touchChunk(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const byKey = patches.map((patch) => `${JSON.stringify(rowKey(patch.id))}:${toRow(patch)}`);
    const query = refusing<TouchAnswer>(this.of(table).touch(newWriteId(), `{${byKey.join()}}`));
    const { result } = await this.runner.run(query);
    const last = result.rows.at(-1);
    if (last) this.confirmed(table, last.id, last.revision);
    return result.rows.flatMap((row) => fromRow(row).current ?? []);
  }

  private async write(attempt: Attempt, statement: (write: string) => Query<WriteAnswer>): Promise<Verdict> {
    const write = newWriteId();
    const began = performance.now();
    const { result, attempts } = await this.runner.run(refusing(statement(write)));
    if (result.happened) {
      this.confirmed(attempt.table, rowKey(attempt.id), result.revision);
      return { happened: true, revision: result.revision - result.writes.indexOf(write) };
    }
    if (attempts > 1 && mayHaveForgotten(result, attempt, began)) throw outcomeUnknown(attempt);
    return result;
  }

  private of(table: string): Statements {
    let statements = this.statements.get(table);
    if (statements === undefined) this.statements.set(table, (statements = new Statements(this.table(table))));
    return statements;
  }
}

const newWriteId = (): string => randomBytes(9).toString('base64url');

/** The query, failing when the database refused the write; inside the attempts, for it may be passing. */
const refusing = <T extends object>(query: Query<T>): Query<Exclude<T, { readonly error: string }>> => ({
  run: async (connection) => {
    const result = await query.run(connection);
    if ('error' in result) throw new WriteRefused(String(result.error));
    return result as Exclude<T, { readonly error: string }>;
  },
});

/** The document of a write that happened is its own, even when somebody wrote after it. */
function outcomeOf(verdict: Verdict, content: { readonly id: string }): WriteOutcome {
  if (!verdict.happened) return { ok: false, ...fromRow(verdict.row) };
  const stored = fromJson(JSON.parse(toJson(content)) as Document);
  return { ok: true, document: { ...stored, revision: verdict.revision } };
}

/** Times of writes are whole seconds, and the call may have been under way for a moment before it was counted. */
const MARGIN_MS = 2_000;

/**
 * Whether a row that does not name a write may have named it: only if it was forgotten since the call began. A row that
 * remembers everything since then has never seen it, however long its history is.
 */
function mayHaveForgotten(refused: Refusal, { expected }: Attempt, began: number): boolean {
  const { row, remembers } = refused;
  if (row === null || remembers === null) return false;
  if (expected !== undefined && row.revision <= expected + REMEMBERED_WRITES) return false;
  return remembers * 1000 <= performance.now() - began + MARGIN_MS;
}

const outcomeUnknown = ({ table, id }: Attempt): DomainError =>
  new DomainError(
    'unavailable',
    `the database did not tell whether ${table} "${id}" was written, please read it again`,
  );
