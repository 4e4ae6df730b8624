import { randomBytes } from 'node:crypto';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Stored, WriteOutcome } from '../engine.js';
import type { Document } from '../table.js';
import { WriteRefused } from './failures.js';
import type { Query, Runner } from './query.js';
import type { Table } from './reql.js';
import { fromRowJson, fromRow, rowKey, toRowJson, toRow } from './rows.js';
import { REMEMBERED_WRITES, Statements, type PatchAnswer, type WriteAnswer } from './statements.js';

/** Maximum number of documents per `patchUnchecked` query. */
const PATCH_CHUNK = 1000;

/** Called with each revision that the database has confirmed. */
export type Confirmed = (table: string, key: string, revision: number) => void;

type Refusal = Extract<WriteAnswer, { readonly happened: false }>;

/** The revision produced by a conditional write, or, if it did not happen, what is stored. */
type Verdict = { readonly happened: true; readonly revision: number } | Refusal;

interface Attempt {
  readonly table: string;
  readonly id: string;
  /** The revision required by the condition; `undefined`: no document may exist. */
  readonly expected: number | undefined;
}

/**
 * Conditional writes that are safe to repeat. Each has a unique ID that it records in the row (`$writes`), together
 * with the IDs of preceding writes. If the response is lost, the write is sent again unchanged: if the row contains its
 * ID, it has happened; otherwise its condition is evaluated again, in the same atomic step. Only if so many other
 * writes followed that the row no longer lists it is the outcome unknown, which is reported to the caller.
 */
export class Writes {
  private readonly statements = new Map<string, Statements>();

  constructor(
    private readonly runner: Runner,
    private readonly table: (name: string) => Table,
    private readonly confirmed: Confirmed = () => undefined,
  ) {}

  async read(table: string, id: string): Promise<Stored> {
    const { result } = await this.runner.run(this.table(table).get(rowKey(id)));
    return fromRow(result);
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    const statement = (write: string): Query<WriteAnswer> =>
      this.of(table).insert(rowKey(content.id), write, toRow(content));
    return outcomeOf(await this.write({ table, id: content.id, expected: undefined }, statement), content);
  }

  /** See `Engine.insertMany`. Sent again, it finds its own rows and leaves them. */
  async insertMany(table: string, contents: readonly { readonly id: string }[]): Promise<void> {
    await this.runner.run(this.of(table).insertMany(newWriteId(), `[${contents.map((one) => toRow(one)).join()}]`));
  }

  async replace(table: string, content: { readonly id: string }, expected: number): Promise<WriteOutcome> {
    const statement = (write: string): Query<WriteAnswer> =>
      this.of(table).replace(rowKey(content.id), write, toRow(content), expected);
    return outcomeOf(await this.write({ table, id: content.id, expected }, statement), content);
  }

  /** Reads first: returns the removed document even if the response to the write is lost. */
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

  async patchUnchecked(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const merged = new Map<string, { readonly id: string }>();
    for (const patch of patches) merged.set(patch.id, { ...merged.get(patch.id), ...patch });
    const all = [...merged.values()];
    const documents: Document[] = [];
    for (let from = 0; from < all.length; from += PATCH_CHUNK) {
      documents.push(...(await this.patchChunk(table, all.slice(from, from + PATCH_CHUNK))));
    }
    return documents;
  }

  /** See `Engine.barrier`. */
  async barrier(table: string): Promise<number> {
    const { result } = await this.runner.run(this.of(table).barrier);
    if (typeof result !== 'number') throw new WriteRefused(result.error);
    return result;
  }

  private async patchChunk(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const byKey = patches.map((patch) => `${JSON.stringify(rowKey(patch.id))}:${toRow(patch)}`);
    const query = refusing<PatchAnswer>(this.of(table).patchUnchecked(newWriteId(), `{${byKey.join()}}`));
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

/**
 * Wraps the query so that it throws if the database refused the write. Applied per attempt, as the cause may be
 * transient.
 */
const refusing = <T extends object>(query: Query<T>): Query<Exclude<T, { readonly error: string }>> => ({
  run: async (connection) => {
    const result = await query.run(connection);
    if ('error' in result) throw new WriteRefused(String(result.error));
    return result as Exclude<T, { readonly error: string }>;
  },
});

/** Returns the document of this write, even if another write has followed. */
function outcomeOf(verdict: Verdict, content: { readonly id: string }): WriteOutcome {
  if (!verdict.happened) return { ok: false, ...fromRow(verdict.row) };
  const stored = fromRowJson(JSON.parse(toRowJson(content)) as Document);
  return { ok: true, document: { ...stored, revision: verdict.revision } };
}

/** Tolerance: times of writes are whole seconds, and the call may have started a moment before it was timed. */
const MARGIN_MS = 2_000;

/**
 * Whether a row that does not list a write may have listed it before: only if older entries were dropped since the call
 * began. A row that lists everything since then has never seen it, however long its history is.
 */
function mayHaveForgotten(refused: Refusal, { expected }: Attempt, began: number): boolean {
  const { row, remembers } = refused;
  if (row === null || remembers === null) return false;
  if (expected !== undefined && row.revision <= expected + REMEMBERED_WRITES) return false;
  return remembers * 1000 <= performance.now() - began + MARGIN_MS;
}

const outcomeUnknown = ({ table, id }: Attempt): DomainError =>
  new DomainError('unavailable', `it is unknown whether ${table} "${id}" was written, please read it again`);
