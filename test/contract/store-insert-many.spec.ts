import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Engine } from '../../src/platform/store/engine.js';
import { Store } from '../../src/platform/store/store.js';
import { defineTable, type Document } from '../../src/platform/store/table.js';
import { describeOnEngines, type Lab } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

interface Box extends Document {
  readonly text: string;
  readonly password: string;
}

type NewBox = Omit<Box, 'revision'>;

const boxes = defineTable<Box>()({ name: 'box', secrets: ['password'] });

const boxesOf = (text: string, from: number, to: number): NewBox[] =>
  Array.from({ length: to - from }, (_, n) => ({ id: `box-${from + n}`, text, password: `secret of ${from + n}` }));

describeOnEngines({ suite: 'many inserts at once', encrypted: true }, (candidate) => {
  const { kind, encrypted } = candidate;
  let place: Lab;
  beforeAll(() => candidate.prepare(), 60_000);
  beforeEach(() => void (place = candidate.lab()));
  afterAll(() => candidate.cleanUp());

  /** A process on the database; undefined if its engine does not have them, because single inserts are fast enough. */
  async function process() {
    const engine = place.connect();
    const store = new Store(engine);
    const table = store.table(boxes);
    await store.start();
    const insertMany = engine.insertMany?.bind(engine);
    expect(insertMany !== undefined).toBe(kind === 'rethinkdb');
    return { engine, store, table, insertMany: insertMany && ((all: readonly NewBox[]) => insertMany('box', all)) };
  }

  const fresh = async (engine: Engine, id: string) => (await engine.read('box', id)).current as Box | undefined;

  it('store what was never there, with the first revision, and reach every process', async () => {
    const [one, two] = [await process(), await process()];
    if (one.insertMany) {
      await one.insertMany([]);
      const all = [...boxesOf('new', 0, 1000), { id: 'ü/"\n', text: '\u0000 $reql_type$', password: '' }];
      await one.insertMany(all);
      for (const { table } of [one, two]) {
        await eventually('the table has all of them', () => table.size === all.length);
        for (const box of all) expect(table.get(box.id)).toEqual({ ...box, revision: 1 });
      }
      await two.table.update('box-7', (box) => ({ ...box, text: 'changed' }));
      expect(await fresh(one.engine, 'box-7')).toMatchObject({ text: 'changed', revision: 2 });
    }
    await Promise.all([one.store.stop(), two.store.stop()]);
    await place.close();
  });

  it('leave documents that are there as they are, and do not bring removed ones back', async () => {
    const { engine, store, table, insertMany } = await process();
    if (insertMany) {
      await table.insert({ id: 'box-1', text: 'old', password: 'p' });
      await table.insert({ id: 'box-2', text: 'old', password: 'p' });
      await table.remove('box-2');
      await insertMany(boxesOf('new', 0, 4));
      await insertMany(boxesOf('again', 0, 4));
      const found = await Promise.all([0, 1, 2, 3].map((n) => fresh(engine, `box-${n}`)));
      expect(found.map((box) => box?.text)).toEqual(['new', 'old', undefined, 'new']);
      expect(found.map((box) => box?.revision)).toEqual([1, 1, undefined, 1]);
      expect((await engine.read('box', 'box-2')).revision).toBe(2);
    }
    await store.stop();
    await place.close();
  });

  it('let only one of two processes insert the same document', async () => {
    const all = [await process(), await process()];
    if (all[0]!.insertMany) {
      await Promise.all(all.map(({ insertMany }, n) => insertMany!(boxesOf(`by ${n}`, n * 100, n * 100 + 200))));
      for (let n = 0; n < 300; n++) {
        const box = await fresh(all[n % 2]!.engine, `box-${n}`);
        const writers = n < 100 ? ['by 0'] : n < 200 ? ['by 0', 'by 1'] : ['by 1'];
        expect(writers).toContain(box?.text);
        expect(box).toMatchObject({ revision: 1, password: `secret of ${n}` });
      }
    }
    await Promise.all(all.map(({ store }) => store.stop()));
    await place.close();
  });

  it.runIf(encrypted)('encrypt secrets', async () => {
    const { engine, store, insertMany } = await process();
    if (insertMany) {
      await insertMany(boxesOf('new', 0, 3));
      const states: string[] = [];
      for await (const page of engine.capture({ tables: ['box'], logs: [] })) {
        states.push(...page.map(({ json }) => json));
      }
      expect(states).toHaveLength(3);
      expect(states.join()).toContain('sealed');
      expect(states.join()).not.toContain('secret of');
    }
    await store.stop();
    await place.close();
  });
});
