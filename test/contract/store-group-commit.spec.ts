import { r as library } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WriteOutcome } from '../../src/platform/store/engine.js';
import { PooledConnection } from '../../src/platform/store/rethinkdb/pooled-connection.js';
import type { Query, Runner } from '../../src/platform/store/rethinkdb/query.js';
import { r, type ReqlTable } from '../../src/platform/store/rethinkdb/reql.js';
import { SeenWrites } from '../../src/platform/store/rethinkdb/seen-writes.js';
import { Writes } from '../../src/platform/store/rethinkdb/writes.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';

/** Runs queries on one connection and counts them. `loseAnswer` runs each twice, as after a lost response. */
class CountingRunner implements Runner {
  queries = 0;
  loseAnswer = false;

  constructor(private readonly connection: PooledConnection) {}

  async run<T>(query: Query<T>): Promise<{ readonly result: T; readonly attempts: number }> {
    this.queries++;
    if (this.loseAnswer) await this.connection.run(query, 10_000);
    return { result: await this.connection.run(query, 10_000), attempts: this.loseAnswer ? 2 : 1 };
  }

  async countDuring<T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly queries: number }> {
    const before = this.queries;
    return { result: await act(), queries: this.queries - before };
  }
}

interface Note {
  readonly id: string;
  readonly text?: unknown;
}

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const notes = (n: number, prefix: string, text: unknown = 'first'): Note[] =>
  many(n, (i) => ({ id: `${prefix}${i}`, text }));
const revisions = (outcomes: readonly WriteOutcome[]): unknown[] =>
  outcomes.map((outcome) => (outcome.ok ? outcome.document.revision : 'refused'));
/** RethinkDB refuses lists of more than 100000 elements. */
const REFUSED = many(100_001, () => 0);

describe.skipIf(!rethinkdbAvailable('group commit on RethinkDB'))('concurrent writes to RethinkDB', () => {
  let server: RethinkServer;
  let connection: PooledConnection;
  let runner: CountingRunner;
  let writes: Writes;
  let table: (name: string) => ReqlTable;
  const all = <T>(items: readonly T[], act: (item: T) => Promise<WriteOutcome>) => Promise.all(items.map(act));
  const insert = (note: Note) => writes.insert('note', note);
  const replace = (note: Note, revision: number) => writes.replace('note', note, revision);
  const rowOf = async (id: string) => (await runner.run(table('note').get(id))).result;
  const stored = async (id: string) => (await writes.read('note', id)).current;

  beforeAll(async () => {
    server = await RethinkServer.start();
    const { database, ...endpoint } = server.options();
    const admin = await library.connect({ ...endpoint, silent: true });
    await library.dbCreate(database).run(admin);
    await library.db(database).tableCreate('note').run(admin);
    await library.db(database).wait().run(admin);
    await admin.close();
    connection = new PooledConnection(endpoint);
    runner = new CountingRunner(connection);
    table = (name) => r.db(database).table(name);
    writes = new Writes(runner, table);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  it('share queries when documents are inserted that exist, or were removed', async () => {
    const batch = notes(300, 'again');
    await all(batch, insert);
    await all(batch.slice(0, 200), ({ id }) => writes.remove('note', id, 1));
    const { result, queries } = await runner.countDuring(() => all(batch, insert));
    expect(revisions(result)).toEqual(many(300, (i) => (i < 200 ? 3 : 'refused')));
    expect(result[250]).toEqual({ ok: false, current: { ...batch[250], revision: 1 }, revision: 1 });
    expect(queries).toBeLessThan(20);
  });

  it('are refused for documents that do not exist, which then can be inserted', async () => {
    const batch = notes(300, 'unknown');
    const refused = many(300, () => ({ ok: false, current: undefined, revision: 0 }));
    const { result, queries } = await runner.countDuring(() => all(batch, (note) => replace(note, 3)));
    expect(result).toEqual(refused);
    expect(queries).toBeLessThan(20);
    expect(await all(batch, ({ id }) => writes.remove('note', id, 3))).toEqual(refused);
    expect(await stored('unknown7')).toBeUndefined();
    expect(revisions(await all(batch, insert))).toEqual(many(300, () => 1));
    expect(await stored('unknown7')).toEqual({ ...batch[7], revision: 1 });
  });

  it('are refused on a state that a crash took back and another write replaced', async () => {
    const batch = notes(300, 'undone');
    const seen = new SeenWrites();
    const observer = new Writes(runner, table, undefined, undefined, seen);
    await all(batch, insert);
    await all(batch, (note) => replace({ ...note, text: 'lost' }, 1));
    for (const { id } of batch) seen.see('note', (await rowOf(id))!);
    // What a feed has delivered is gone after the crash, and another process writes in its place.
    await runner.run(
      table('note')
        .getAll(r.args(r.expr(batch.map(({ id }) => id))))
        .replace((row) => row.merge({ revision: 1, $writes: [] })),
    );
    await all(batch, (note) => replace({ ...note, text: 'present' }, 1));
    const next = batch.map(({ id }) => ({ id, text: 'follows the lost one' }));
    const outcomes = await all(next, (note) => observer.replace('note', note, 2));
    expect(outcomes[0]).toEqual({ ok: false, current: { id: 'undone0', text: 'present', revision: 2 }, revision: 2 });
    expect(new Set(revisions(outcomes))).toEqual(new Set(['refused']));
    expect(revisions(await all(next, ({ id }) => observer.remove('note', id, 2)))).toEqual(many(300, () => 'refused'));
    seen.reload('note', await Promise.all(batch.map(async ({ id }) => (await rowOf(id))!)));
    expect(revisions(await all(next, (note) => observer.replace('note', note, 2)))).toEqual(many(300, () => 3));
    expect((await observer.remove('note', 'undone0', undefined)).ok).toBe(true);
  });

  it('share queries, and have their own outcomes', async () => {
    const batch = notes(300, 'shared');
    const inserts = await runner.countDuring(() => all(batch, insert));
    expect(revisions(inserts.result)).toEqual(many(300, () => 1));
    const stale = (i: number): number => (i % 3 === 0 ? 7 : 1);
    const replaces = await runner.countDuring(() =>
      all([...batch.entries()], ([i, note]) => replace({ ...note, text: 'second' }, stale(i))),
    );
    expect(revisions(replaces.result)).toEqual(many(300, (i) => (i % 3 === 0 ? 'refused' : 2)));
    expect(replaces.result[0]).toEqual({ ok: false, current: { ...batch[0], revision: 1 }, revision: 1 });
    expect(await stored('shared1')).toEqual({ id: 'shared1', text: 'second', revision: 2 });
    const removes = await runner.countDuring(() => all(batch, ({ id }) => writes.remove('note', id, undefined)));
    expect(removes.result.every(({ ok }) => ok)).toBe(true);
    const again = await all(batch, insert);
    expect(revisions(again)).toEqual(many(300, (i) => (i % 3 === 0 ? 3 : 4)));
    expect(inserts.queries).toBeLessThan(20);
    expect(replaces.queries).toBeLessThan(20);
    expect(removes.queries - 300).toBeLessThan(20); // each is read before
  });

  it('refuse what exists, what does not and what was removed', async () => {
    const batch = notes(40, 'condition');
    await all(batch.slice(0, 20), insert);
    await all(batch.slice(0, 10), ({ id }) => writes.remove('note', id, 1));
    const inserted = await all(batch, insert);
    expect(revisions(inserted)).toEqual(many(40, (i) => (i < 10 ? 3 : i < 20 ? 'refused' : 1)));
    const absent = await all(notes(20, 'absent'), (note) => replace(note, 0));
    expect(absent).toEqual(many(20, () => ({ ok: false, current: undefined, revision: 0 })));
    expect(await stored('absent7')).toBeUndefined();
    await all(batch, ({ id }) => writes.remove('note', id, undefined));
    const removed = await all(batch, (note) => replace(note, 2));
    expect(removed.every(({ ok }) => !ok)).toBe(true);
    expect(await stored('condition35')).toBeUndefined();
  });

  it('let one of many for the same row succeed', async () => {
    const outcomes = await all(
      many(100, (i) => i),
      (i) => insert({ id: 'contested', text: i }),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    const replaces = await all(
      many(100, (i) => i),
      (i) => replace({ id: 'contested', text: `r${i}` }, 1),
    );
    expect(replaces.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await stored('contested'))?.revision).toBe(2);
  });

  it('succeed beside one that the database refuses', async () => {
    const batch = notes(60, 'beside').map((note, i) => (i === 30 ? { ...note, text: REFUSED } : note));
    const settled = await Promise.allSettled(batch.map(insert));
    expect(settled.map(({ status }) => status)).toEqual(many(60, (i) => (i === 30 ? 'rejected' : 'fulfilled')));
    expect(settled[30]).toMatchObject({ reason: { message: expect.stringMatching(/size limit/i) as string } });
    expect(revisions(settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))).toEqual(
      many(59, () => 1),
    );
  });

  it('happen once, with the correct outcome, if responses are lost', async () => {
    const batch = notes(60, 'lost');
    await all(batch.slice(0, 5), insert);
    runner.loseAnswer = true;
    const inserted = await all(batch, insert);
    const replaced = await all(batch, (note) => replace({ ...note, text: 'second' }, 1));
    const removed = await all(batch, ({ id }) => writes.remove('note', id, 2));
    const refused = await all(batch, (note) => replace(note, 2));
    runner.loseAnswer = false;
    expect(revisions(inserted)).toEqual(many(60, (i) => (i < 5 ? 'refused' : 1)));
    expect(revisions(replaced)).toEqual(many(60, () => 2));
    expect(removed.every(({ ok }) => ok)).toBe(true);
    expect(refused).toEqual(many(60, () => ({ ok: false, current: undefined, revision: 3 })));
  });

  it('keep unusual keys and content apart', async () => {
    const ids = ['a"b', 'back\\slash', 'ä', 'nul\0', 'x'.repeat(300), '__proto__', 'sha256:0', '$writes', '{}'];
    const batch = ids.map((id) => ({ id, text: { $reql_type$: id, '"': '\\"' } }));
    const inserted = await all([...notes(20, 'usual'), ...batch], insert);
    expect(revisions(inserted)).toEqual(many(20 + ids.length, () => 1));
    for (const note of batch) expect(await stored(note.id)).toEqual({ ...note, revision: 1 });
  });
});
