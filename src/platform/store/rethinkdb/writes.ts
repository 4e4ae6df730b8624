import { copyOf } from '../../../shared/copy-of.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import { randomNonce } from '../../../shared/random-nonce.js';
import type { Stored, WriteOutcome } from '../engine.js';
import type { Document } from '../table.js';
import { WriteRefused } from './failures.js';
import type { Runner } from './query.js';
import type { ReqlTable } from './reql.js';
import { fromRowJson, fromRow, rowKey, toFields, toRowJson, toRow } from './rows.js';
import { SeenWrites } from './seen-writes.js';
import { REMEMBERED_WRITES } from './row-terms.js';
import type { ConditionalWrite, RowWrite } from './row-write.js';
import { Statements, type PatchAnswer } from './statements.js';
import { refusing, WriteQueue, type WriteReply } from './write-queue.js';

/** Maximum number of documents per `patchUnchecked` query. */
const PATCH_CHUNK = 1000;

/** Called with each revision that the database has confirmed. */
export type Confirmed = (table: string, key: string, revision: number) => void;

type Refusal = Extract<WriteReply, { readonly happened: false }>;

/** The revision produced by a conditional write, or, if it did not happen, what is stored. */
type Verdict = { readonly happened: true; readonly revision: number } | Refusal;

interface Attempt {
  readonly table: string;
  readonly content: { readonly id: string };
  /** What to write of it; undefined: everything. */
  readonly fields?: ChangedFields | undefined;
  /** The revision required by the condition; `undefined`: no document may exist. */
  readonly expected: number | undefined;
  /** The write that must have produced that revision, if known. */
  readonly after?: string | undefined;
}

/** Fields to write, as part of a `RowWrite`. */
type ChangedFields = Required<Pick<RowWrite, 'json' | 'changed'>>;

/** What writes to one table share. */
interface TableWrites {
  readonly statements: Statements;
  readonly queues: Readonly<Record<ConditionalWrite, WriteQueue>>;
}

/**
 * Conditional writes that are safe to repeat. Each has a unique ID that it records in the row (`$writes`), together
 * with the IDs of preceding writes. If the response is lost, the write is sent again unchanged: if the row contains its
 * ID, it has happened; otherwise its condition is evaluated again, in the same atomic step. Only if so many other
 * writes followed that the row no longer lists it is the outcome unknown, which is reported to the caller.
 */
export class Writes {
  private readonly tables = new Map<string, TableWrites>();

  /**
   * `pin` returns a check that throws once the database is no longer the one it was at the time of the call; `seen` knows what
   * feeds have delivered.
   */
  constructor(
    private readonly runner: Runner,
    private readonly table: (name: string) => ReqlTable,
    private readonly confirmed: Confirmed = () => undefined,
    private readonly pin: () => () => void = () => () => undefined,
    private readonly seen = new SeenWrites(),
  ) {}

  async read(table: string, id: string): Promise<Stored> {
    const { result } = await this.runner.run(this.of(table).statements.get(rowKey(id)));
    return fromRow(result);
  }

  async insert(table: string, content: { readonly id: string }): Promise<WriteOutcome> {
    return outcomeOf(await this.write('insert', { table, content, expected: undefined }), content);
  }

  /** See `Engine.insertMany`. Sent again, it finds its own rows and leaves them. */
  async insertMany(table: string, contents: readonly { readonly id: string }[]): Promise<void> {
    await this.runner.run(
      this.of(table).statements.insertMany(newWriteId(), `[${contents.map((one) => toRow(one)).join()}]`),
    );
  }

  /** See `Engine.replace`. */
  async replace(
    table: string,
    content: { readonly id: string },
    expected: number,
    changed?: ReadonlySet<string>,
  ): Promise<WriteOutcome> {
    const after = this.seen.behind(table, rowKey(content.id), expected);
    const fields = changed && fieldsOf(content, [...changed]);
    return outcomeOf(await this.write('replace', { table, content, fields, expected, after }), content, fields);
  }

  /**
   * See `Engine.remove`. Removes a state that it has seen, so it knows the removed document even if the response to the write is
   * lost.
   */
  async remove(
    table: string,
    id: string,
    expectedRevision: number | undefined,
    known?: Document,
  ): Promise<WriteOutcome> {
    const isKnown = known !== undefined && (expectedRevision ?? known.revision) === known.revision;
    let stored = isKnown ? { current: known, revision: known.revision } : await this.read(table, id);
    for (let isGuess = isKnown; ; isGuess = false) {
      const { current, revision: expected } = stored;
      if (current === undefined) return { ok: false, ...stored };
      if (expectedRevision !== undefined && expected !== expectedRevision) return { ok: false, ...stored };
      const isFirstHand = expectedRevision === undefined && !isGuess;
      const after = isFirstHand ? undefined : this.seen.behind(table, rowKey(id), expected);
      const verdict = await this.write('remove', { table, content: { id }, expected, after });
      if (verdict.happened) return { ok: true, document: current };
      stored = fromRow(verdict.row);
      if (expectedRevision !== undefined) return { ok: false, ...stored };
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
    const { result } = await this.runner.run(this.of(table).statements.barrier);
    if (typeof result !== 'number') throw new WriteRefused(result.error);
    return result;
  }

  private async patchChunk(table: string, patches: readonly { readonly id: string }[]): Promise<readonly Document[]> {
    const byKey = patches.map((patch) => `${JSON.stringify(rowKey(patch.id))}:${toRow(patch)}`);
    const query = refusing<PatchAnswer>(this.of(table).statements.patchUnchecked(newWriteId(), `{${byKey.join()}}`));
    const { result } = await this.runner.run(query);
    const last = result.rows.at(-1);
    if (last) this.confirmed(table, last.id, last.revision);
    return result.rows.flatMap((row) => fromRow(row).current ?? []);
  }

  private async write(kind: ConditionalWrite, attempt: Attempt): Promise<Verdict> {
    const { table, content, fields, expected, after } = attempt;
    const key = rowKey(content.id);
    const write = newWriteId();
    const began = performance.now();
    const row = { key, write, ...(fields ?? { json: toRow(content) }), revision: expected ?? 0, after };
    const { result, attempts } = await this.of(table).queues[kind].send(row);
    if (result.happened) {
      this.confirmed(table, key, result.revision);
      return { happened: true, revision: result.revision - result.writes.indexOf(write) };
    }
    if (attempts > 1 && mayHaveForgotten(result, attempt, began)) throw outcomeUnknown(attempt);
    return result;
  }

  private of(table: string): TableWrites {
    let writes = this.tables.get(table);
    if (writes === undefined) this.tables.set(table, (writes = this.forTable(table)));
    return writes;
  }

  private forTable(table: string): TableWrites {
    const statements = new Statements(this.table(table));
    const queue = (kind: ConditionalWrite): WriteQueue => new WriteQueue(this.runner, kind, statements, this.pin);
    return { statements, queues: { insert: queue('insert'), replace: queue('replace'), remove: queue('remove') } };
  }
}

const newWriteId = (): string => randomNonce(9).toString('base64url');

function fieldsOf(content: object, changed: readonly string[]): ChangedFields | undefined {
  const json = toFields(content, changed);
  return json === undefined ? undefined : { json, changed };
}

/** Returns the document of this write, even if another write has followed. Its other fields are those of the content. */
function outcomeOf(verdict: Verdict, content: { readonly id: string }, fields?: ChangedFields): WriteOutcome {
  if (!verdict.happened) return { ok: false, ...fromRow(verdict.row) };
  const stored = fields ? withFields(content, fields) : fromRowJson(JSON.parse(toRowJson(content)) as Document);
  return { ok: true, document: { ...stored, revision: verdict.revision } };
}

function withFields(content: { readonly id: string }, { json, changed }: ChangedFields): Document {
  const written = new Set(changed);
  const others = Object.entries(content).filter(([name, value]) => value !== undefined && !written.has(name));
  return copyOf({ ...Object.fromEntries(others), ...(JSON.parse(json) as object) } as unknown as Document);
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

const outcomeUnknown = ({ table, content }: Attempt): DomainError =>
  new DomainError('unavailable', `it is unknown whether ${table} "${content.id}" was written, please read it again`);
