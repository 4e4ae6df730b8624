import { isDeepStrictEqual } from 'node:util';
import type { Content, Document } from '../../shared/document.js';
import { append } from '../../shared/append.js';
import { SYSTEM_PROJECT } from '../../modules/project/project.js';
import { projectTable } from '../../modules/project/project.table.js';
import type { Translation } from '../translate/translation.js';
import type { Target } from './target.js';
import { IMPORTED, WORK } from './tables.js';

/** How many writes are under way at once: they share the disk's flushes and the round trips. */
const AT_ONCE = 200;

/** What was, or would be, done to one table. */
export interface TableCounts {
  readonly created: number;
  readonly replaced: number;
  readonly unchanged: number;
  readonly removed: number;
}

/** One write. */
interface Step {
  readonly table: string;
  readonly what: keyof TableCounts;
  readonly id: string;
  readonly content: Content<Document> | undefined;
}

/** What it takes until the target holds exactly the imported documents. */
export interface WritePlan {
  readonly counts: ReadonlyMap<string, TableCounts>;
  readonly steps: readonly Step[];
}

/** Compares the target with what is to be there. */
export function planWrites(target: Target, { documents }: Translation): WritePlan {
  const counts = new Map<string, TableCounts>();
  const steps: Step[] = [];
  for (const { name } of [...IMPORTED, ...WORK]) {
    const table = target.table(name);
    const wanted = new Map((documents.get(name) ?? []).map((content) => [content.id, content]));
    const count = { created: 0, replaced: 0, unchanged: 0, removed: 0 };
    for (const content of wanted.values()) {
      const current = table.get(content.id);
      const what = current === undefined ? 'created' : sameContent(current, content) ? 'unchanged' : 'replaced';
      count[what]++;
      if (what !== 'unchanged') steps.push({ table: name, what, id: content.id, content });
    }
    for (const { id } of table.list()) {
      if (wanted.has(id) || isOperators(name, id)) continue;
      count.removed++;
      steps.push({ table: name, what: 'removed', id, content: undefined });
    }
    counts.set(name, count);
  }
  return { counts, steps };
}

/** Every server creates it anew. */
const isOperators = (table: string, id: string): boolean => table === projectTable.name && id === SYSTEM_PROJECT;

/** As the database would give the content back. */
export function sameContent({ revision: _, ...stored }: Document, content: Content<Document>): boolean {
  const { revision: __, ...fields } = content as Document;
  return isDeepStrictEqual(JSON.parse(JSON.stringify(stored)), JSON.parse(JSON.stringify(fields)));
}

/**
 * Carries the plan out, a few hundred writes at once. May be interrupted; a new plan has what is left. `again` makes that
 * plan: what could not be stored in bulk is written one by one.
 */
export async function writeAll(
  target: Target,
  plan: WritePlan,
  again: () => WritePlan,
  progress: (done: number, total: number) => void,
): Promise<void> {
  const total = plan.steps.length;
  if (total > 0) progress(0, total);
  if (!target.insertsMany) return writeEach(target, plan.steps, (done) => progress(done, total));
  const inBulk = await insertInBulk(target, plan.steps, (done) => progress(Math.min(done, total - 1), total));
  const { steps } = again();
  await writeEach(target, steps, (done) => done < steps.length && progress(Math.min(inBulk + done, total), total));
  if (total > 0) progress(total, total);
}

/** New documents in one round trip, and how many of these are under way at once. */
const BULK = 200;
const BULKS_AT_ONCE = 4;

/** How often memory is waited for, about a second each time. */
const PATIENCE = 60;

/** Returns how many documents were sent. */
async function insertInBulk(target: Target, steps: readonly Step[], progress: (done: number) => void): Promise<number> {
  const created = new Map<string, Content<Document>[]>();
  for (const { table, what, content } of steps) if (what === 'created' && content) append(created, table, content);
  const bulks = [...created].flatMap(([table, contents]) =>
    Array.from({ length: Math.ceil(contents.length / BULK) }, (_, index) => ({
      table,
      contents: contents.slice(index * BULK, (index + 1) * BULK),
    })),
  );
  let done = 0;
  await inParallel(bulks, BULKS_AT_ONCE, async ({ table, contents }) => {
    await target.insertMany(table, contents);
    progress((done += contents.length));
  });
  const isThere = ([table, contents]: [string, Content<Document>[]]): boolean =>
    contents.every(({ id }) => target.table(table).get(id) !== undefined);
  for (let tries = 0; tries < PATIENCE && ![...created].every(isThere); tries++) await target.catchUp();
  return done;
}

async function writeEach(target: Target, steps: readonly Step[], progress: (done: number) => unknown): Promise<void> {
  let done = 0;
  await inParallel(steps, AT_ONCE, async ({ table, id, content }) => {
    if (content === undefined) await target.table(table).remove(id);
    else await target.table(table).upsert(id, () => content);
    progress(++done);
  });
}

/** Ends with the first failure, once what was under way is over. */
async function inParallel<T>(items: readonly T[], atOnce: number, task: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await task(item);
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
