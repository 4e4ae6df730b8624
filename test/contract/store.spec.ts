import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isDomainError } from '../../src/shared/errors/domain-error.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { defineLog, type AppendLog, type LogEntry } from '../../src/platform/store/append-log.js';
import { Store } from '../../src/platform/store/store.js';
import { defineTable, type Document, type Table } from '../../src/platform/store/table.js';
import { describeOnEngines, withSlowFeed, type Lab } from '../support/engines.js';
import { eventually } from '../support/eventually.js';

interface Box extends Document {
  readonly count: number;
  readonly owner?: string | undefined;
  readonly data?: unknown;
}

interface Note extends LogEntry {
  readonly text: string;
}

const boxes = defineTable<Box>()({
  name: 'box',
  indexes: { owner: (box) => box.owner },
  secrets: ['owner', 'data.text'], // encrypted by engines that support it
});
const notes = defineLog<Note>('note');

interface Process {
  readonly store: Store;
  readonly boxes: Table<Box, 'owner'>;
  readonly notes: AppendLog<Note>;
}

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const kindOf = (error: unknown): string => (isDomainError(error) ? error.kind : String(error));
const outcomes = async <T>(promises: Promise<T>[]): Promise<(T | string)[]> =>
  Promise.all(promises.map((promise) => promise.catch(kindOf)));
const count = (list: readonly unknown[], value: unknown): number => list.filter((item) => item === value).length;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describeOnEngines({ suite: 'store contract', encrypted: true }, (candidate) => {
  let lab: Lab;
  let running: Process[];

  const start = async (wrap: (engine: Engine) => Engine = (engine) => engine): Promise<Process> => {
    const store = new Store(wrap(lab.connect()));
    const process = { store, boxes: store.table(boxes), notes: store.log(notes) };
    await store.start();
    running.push(process);
    return process;
  };
  const stopAll = async (): Promise<void> => {
    for (const { store } of running.splice(0)) await store.stop();
  };

  beforeAll(() => candidate.prepare());
  afterAll(() => candidate.cleanUp());
  beforeEach(() => {
    lab = candidate.lab();
    running = [];
  });
  afterEach(async () => {
    await stopAll();
    await lab.close();
  });

  describe('documents', () => {
    it('are returned as they were stored, for any JSON content and unusual ids', async () => {
      const a = await start();
      const values = [
        {
          text: 'ü 漢 🚀 \u0000 \n "\\ud800"',
          n: [0, -1.5, 1e21, 9007199254740991],
          deep: { a: [{ b: [] }, {}], no: null },
        },
        { $reql_type$: 'TIME', $$reql_type$: 1, 'a.b': true, '': 'empty key', __proto: 1 },
        many(500, (i) => ({ i })),
      ];
      const ids = [
        'plain',
        'with space/слэш',
        'x'.repeat(300),
        'nul\u0000byte',
        'sha256:abc',
        '!',
        '"',
        'é'.repeat(100),
      ];
      for (const id of ids) {
        for (const data of values) {
          await a.boxes.upsert(id, () => ({ id, count: 1, data }));
          expect(a.boxes.get(id)).toMatchObject({ id, count: 1, data });
        }
      }
      const b = await start();
      expect(b.boxes.size).toBe(ids.length);
      for (const id of ids) expect(await b.boxes.readFresh(id)).toEqual(a.boxes.get(id));
      for (const id of ids) await b.boxes.remove(id);
      await eventually('all removed', () => a.boxes.size === 0);
    });

    it('contain no undefined fields and are independent of the passed object', async () => {
      const a = await start();
      const data = { list: [1] };
      await a.boxes.insert({ id: 'a', count: 1, owner: undefined, data });
      data.list.push(2);
      expect(a.boxes.get('a')).toEqual({ id: 'a', count: 1, data: { list: [1] }, revision: 1 });
      expect('owner' in a.boxes.get('a')!).toBe(false);
    });
  });

  describe('changes of documents', () => {
    const box = (content: object): Box => content as Box;
    const extra = (box: Box): Record<string, unknown> => ({ ...box });
    /** The documents as a process that starts later reads them. */
    const stored = async (id: string): Promise<Record<string, unknown>> =>
      extra((await (await start()).boxes.readFresh(id))!);

    it('replace nested objects as a whole, remove fields, and leave others as they are', async () => {
      const a = await start();
      const kept = { list: [1, { deep: true }], text: 'secret' };
      await a.boxes.insert(box({ id: 'x', count: 1, owner: 'me', data: kept, meta: { a: 1, b: { c: 2 } } }));
      await a.boxes.update('x', ({ owner: _, ...box }) => ({ ...box, count: 2, meta: { b: { d: 3 } } }) as Box);
      expect(extra(a.boxes.get('x')!)).toEqual({ id: 'x', revision: 2, count: 2, data: kept, meta: { b: { d: 3 } } });
      await a.boxes.update('x', (box) => ({ ...box, owner: undefined, meta: undefined, data: [] }) as Box);
      expect(await stored('x')).toEqual({ id: 'x', revision: 3, count: 2, data: [] });
      const returned = await a.boxes.replace({ id: 'x', count: 5 }, 3);
      expect([extra(returned), await stored('x')]).toEqual(many(2, () => ({ id: 'x', revision: 4, count: 5 })));
    });

    it('apply to fields whatever their names, old and new', async () => {
      const a = await start();
      const names = ['$reql_type$', '$$reql_type$', '', 'a.b', 'nul\u0000', '__proto', 'constructor'];
      for (const [index, name] of names.entries()) {
        const id = `b${index}`;
        await a.boxes.insert(box({ id, count: 0, [name]: { [name]: 1 } }));
        await a.boxes.update(id, (box) => ({ ...box, count: 1 }));
        await a.boxes.update(id, (box) => ({ ...box, [name]: { other: name } }));
        expect(await stored(id)).toEqual({ id, revision: 3, count: 1, [name]: { other: name } });
        await a.boxes.update(id, ({ [name as 'data']: _, ...box }) => box);
        expect(await stored(id)).toEqual({ id, revision: 4, count: 1 });
      }
    });

    it('apply to each of many documents that change at the same time', async () => {
      const a = await start();
      const ids = many(60, (i) => `c${i}`);
      await Promise.all(ids.map((id, i) => a.boxes.insert({ id, count: i, owner: id, data: { text: id, i } })));
      const change = (box: Box, i: number): Box =>
        i % 3 === 0
          ? { ...box, count: i + 1000 }
          : i % 3 === 1
            ? { ...box, owner: undefined }
            : { ...box, data: { j: i } };
      await Promise.all(ids.map((id, i) => a.boxes.update(id, (box) => change(box, i))));
      const b = await start();
      for (const [i, id] of ids.entries()) {
        const expected = change({ id, revision: 2, count: i, owner: id, data: { text: id, i } }, i);
        expect([b.boxes.get(id), a.boxes.get(id)]).toEqual([expected, expected]);
      }
    });

    it('may leave all fields as they are, alone and among others', async () => {
      const a = await start();
      const ids = many(20, (i) => `e${i}`);
      await Promise.all(ids.map((id, i) => a.boxes.insert({ id, count: i })));
      expect(await a.boxes.update('e0', (current) => ({ ...current }))).toEqual({ id: 'e0', revision: 2, count: 0 });
      await Promise.all(ids.map((id) => a.boxes.update(id, (current) => ({ ...current }))));
      for (const [i, id] of ids.entries())
        expect(await stored(id)).toMatchObject({ revision: i === 0 ? 3 : 2, count: i });
    });

    it('keep parts that did not change as the same objects', async () => {
      const a = await start();
      await a.boxes.insert(box({ id: 'x', count: 1, meta: { list: [1] } }));
      const before = extra(a.boxes.get('x')!)['meta'];
      const after = await a.boxes.update('x', (current) => ({ ...current, count: 2 }));
      expect(extra(after)['meta']).toBe(before);
    });
  });

  describe('conditional writes', () => {
    it('apply all of 100 concurrent read-modify-writes from two processes, each with a separate revision', async () => {
      const [a, b] = [await start(), await start()];
      await a.boxes.insert({ id: 'a', count: 0 });
      const add = (p: Process) => p.boxes.update('a', (box) => ({ ...box, count: box.count + 1 }));
      const written = await Promise.all(many(100, (i) => add(i % 2 ? a : b)));
      expect(new Set(written.map((box) => box.revision)).size).toBe(100);
      expect(written.every((box) => box.count === box.revision - 1)).toBe(true);
      await eventually('both see it', () => a.boxes.get('a')?.count === 100 && b.boxes.get('a')?.count === 100);
    });

    it('let one of 100 concurrent replaces of a revision succeed, and inform the others of the winner', async () => {
      const [a, b] = [await start(), await start()];
      const { revision } = await a.boxes.insert({ id: 'a', count: 0 });
      const replace = (i: number) => (i % 2 ? a : b).boxes.replace({ id: 'a', count: i + 1 }, revision);
      const results = await outcomes(many(100, replace));
      expect(count(results, 'conflict')).toBe(99);
      const winner = results.find((result) => typeof result === 'object');
      expect([a.boxes.get('a'), b.boxes.get('a')]).toEqual([winner, winner]);
    });

    it('let one of 100 concurrent inserts of an id succeed, and inform the others of the winner', async () => {
      const [a, b] = [await start(), await start()];
      for (const id of ['r1', 'r2', 'r3']) {
        const results = await outcomes(many(100, (i) => (i % 2 ? a : b).boxes.insert({ id, count: i })));
        expect(count(results, 'already-exists')).toBe(99);
        const winner = results.find((result) => typeof result === 'object');
        expect([a.boxes.get(id), b.boxes.get(id)]).toEqual([winner, winner]);
      }
    });

    it('return the document to exactly one of 40 concurrent removals', async () => {
      const [a, b] = [await start(), await start()];
      const box = await a.boxes.insert({ id: 'a', count: 7 });
      const results = await outcomes(many(40, (i) => (i % 2 ? a : b).boxes.remove('a')));
      expect(results.filter((result) => result !== undefined)).toEqual([box]);
      expect(a.boxes.get('a') ?? b.boxes.get('a')).toBeUndefined();
    });

    it('never leave two owners or repeat revisions when insert and remove race for an id', async () => {
      const [a, b] = [await start(), await start()];
      const seen: number[] = [];
      const compete = async (p: Process, owner: string): Promise<void> => {
        for (let round = 0; round < 25; round++) {
          const mine = await p.boxes.insert({ id: 'lock', count: round, owner }).catch(() => undefined);
          if (mine === undefined) continue;
          seen.push(mine.revision);
          expect((await p.boxes.readFresh('lock'))?.owner).toBe(owner);
          expect(await p.boxes.remove('lock', mine.revision)).toEqual(mine);
        }
      };
      await Promise.all([compete(a, 'a'), compete(b, 'b'), compete(a, 'a2'), compete(b, 'b2')]);
      expect(seen).toEqual(many(seen.length, (i) => 2 * i + 1));
    });

    it('reject an outdated revision, an absent document, and the removal of another revision', async () => {
      const a = await start();
      expect(await outcomes([a.boxes.replace({ id: 'a', count: 1 }, 1)])).toEqual(['conflict']);
      const box = await a.boxes.insert({ id: 'a', count: 1 });
      expect(await outcomes([a.boxes.replace({ id: 'a', count: 1 }, 9), a.boxes.remove('a', 9)])).toEqual([
        'conflict',
        'conflict',
      ]);
      expect(await a.boxes.remove('a', box.revision)).toEqual(box);
      expect(await a.boxes.remove('a')).toBeUndefined();
      expect(await outcomes([a.boxes.update('a', (b) => b), a.boxes.replace({ id: 'a', count: 1 }, 1)])).toEqual([
        'not-found',
        'conflict',
      ]);
    });

    it('continue the revisions of a reinserted id', async () => {
      const [a, b] = [await start(), await start()];
      await a.boxes.insert({ id: 'a', count: 1 });
      await a.boxes.update('a', (box) => ({ ...box, count: 2 }));
      await b.boxes.remove('a');
      expect((await a.boxes.insert({ id: 'a', count: 3 })).revision).toBe(4);
      await eventually('b sees it', () => b.boxes.get('a')?.revision === 4);
    });
  });

  describe('reads', () => {
    it('see their own writes immediately, those of others soon, or immediately with readFresh()', async () => {
      const [a, b] = [await start(), await start((engine) => withSlowFeed(engine, 300))];
      await a.boxes.insert({ id: 'a', count: 1, owner: 'x' });
      expect(a.boxes.by('owner', 'x')).toHaveLength(1);
      expect((await b.boxes.readFresh('a'))?.count).toBe(1);
      expect(b.boxes.by('owner', 'x')).toHaveLength(1);
      await a.boxes.update('a', (box) => ({ ...box, owner: 'y' }));
      await eventually(
        'b follows',
        () => b.boxes.by('owner', 'y').length === 1 && b.boxes.by('owner', 'x').length === 0,
      );
      expect(await b.boxes.readFresh('missing')).toBeUndefined();
    });

    it('find documents of other processes for an update before the feed delivers them', async () => {
      const [a, b] = [await start(), await start((engine) => withSlowFeed(engine, 500))];
      await a.boxes.insert({ id: 'a', count: 1 });
      expect((await b.boxes.update('a', (box) => ({ ...box, count: box.count + 1 }))).count).toBe(2);
    });

    it('are complete from the start in a process that starts later', async () => {
      const a = await start();
      await Promise.all(many(1500, (i) => a.boxes.insert({ id: `b${i}`, count: i, owner: `o${i % 10}` })));
      const b = await start();
      expect(b.boxes.size).toBe(1500);
      expect(b.boxes.by('owner', 'o3')).toHaveLength(150);
      expect(b.store.ready).toBe(true);
    });
  });

  describe('feed', () => {
    it('delivers the states of each document in order, and finally the last one', async () => {
      const [a, b] = [await start(), await start()];
      const seen = new Map<string, number>();
      const wrong: string[] = [];
      b.boxes.watch((change) => {
        if (change.type !== 'put') return;
        const last = seen.get(change.id) ?? 0;
        if (change.now.revision <= last || (change.before?.revision ?? 0) !== last)
          wrong.push(`${change.id}@${change.now.revision}`);
        seen.set(change.id, change.now.revision);
      });
      const ids = many(30, (i) => `b${i}`);
      await Promise.all(ids.map((id) => a.boxes.insert({ id, count: 0 })));
      const bump = async (id: string): Promise<void> => {
        for (let i = 0; i < 15; i++) await a.boxes.update(id, (box) => ({ ...box, count: box.count + 1 }));
      };
      await Promise.all(ids.map(bump));
      await eventually('b has the final states', () => ids.every((id) => b.boxes.get(id)?.count === 15));
      expect(wrong).toEqual([]);
    });

    it('never resurrects or reverts writes and removals of this process when it is late', async () => {
      const a = await start((engine) => withSlowFeed(engine, 150));
      const states: string[] = [];
      a.boxes.watch((change) => states.push(change.type === 'put' ? String(change.now.revision) : change.type));
      await a.boxes.insert({ id: 'a', count: 1 });
      await a.boxes.update('a', (box) => ({ ...box, count: 2 }));
      await a.boxes.remove('a');
      for (let i = 0; i < 40; i++) {
        expect(a.boxes.get('a')).toBeUndefined();
        await pause(10);
      }
      await a.boxes.insert({ id: 'a', count: 3 });
      await pause(300);
      expect(a.boxes.get('a')).toEqual({ id: 'a', count: 3, revision: 4 });
      expect(states).toEqual(['1', '2', 'removed', '4']);
    });

    it('reports changes and removals by other processes', async () => {
      const [a, b] = [await start(), await start()];
      const heard: string[] = [];
      b.boxes.watch((change) => heard.push(change.type === 'put' ? `put ${change.now.count}` : change.type));
      await a.boxes.insert({ id: 'a', count: 1 });
      await a.boxes.remove('a');
      await eventually('b was notified', () => heard.at(-1) === 'removed');
      expect(heard).toEqual(['put 1', 'removed']);
    });
  });

  describe('patchUnchecked', () => {
    it('merges top-level fields of many documents, replaces whole values and skips absent documents', async () => {
      const [a, b] = [await start(), await start()];
      await Promise.all(
        many(400, (i) => a.boxes.insert({ id: `b${i}`, count: i, owner: 'x', data: { old: 1, keep: [1] } })),
      );
      await a.boxes.patchUnchecked([
        ...many(400, (i) => ({ id: `b${i}`, data: { new: i } })),
        { id: 'gone', count: 1 },
      ]);
      expect(a.boxes.get('b7')).toEqual({ id: 'b7', count: 7, owner: 'x', data: { new: 7 }, revision: 2 });
      expect(a.boxes.size).toBe(400);
      await eventually('b sees it', () => [...b.boxes.list()].every((box) => box.revision === 2));
      expect(b.boxes.get('b399')).toEqual(a.boxes.get('b399'));
    });

    it('makes writes with an older revision conflict', async () => {
      const a = await start();
      const box = await a.boxes.insert({ id: 'a', count: 1 });
      await a.boxes.patchUnchecked([
        { id: 'a', count: 2 },
        { id: 'a', owner: 'y' },
      ]);
      expect(a.boxes.get('a')).toMatchObject({ count: 2, owner: 'y' });
      expect(await outcomes([a.boxes.replace({ id: 'a', count: 3 }, box.revision)])).toEqual(['conflict']);
    });
  });

  describe('logs', () => {
    const id = (i: number): string => String(i).padStart(6, '0');
    const read = async (entries: AsyncIterable<Note>): Promise<string[]> => {
      const found: string[] = [];
      for await (const entry of entries) found.push(entry.id);
      return found;
    };

    it('append, scan ranges in both directions, prune', async () => {
      const a = await start();
      await a.notes.append(many(1300, (i) => ({ id: id(i), text: `note ${i} $reql_type$ \u0000` })));
      const range = { from: id(10), to: id(1250) };
      const expected = many(1240, (i) => id(i + 10));
      expect(await read(a.notes.scan(range))).toEqual(expected);
      expect(await read(a.notes.scan(range, { descending: true }))).toEqual([...expected].reverse());
      expect(await read(a.notes.scan({ from: id(5), to: id(5) }))).toEqual([]);
      expect(await read(a.notes.scan({ from: id(9), to: id(5) }))).toEqual([]);
      expect(await a.notes.prune({ to: id(1100) })).toBe(1100);
      expect(await read(a.notes.scan({}))).toEqual(many(200, (i) => id(i + 1100)));
      expect(await a.notes.prune({ from: id(5), to: id(1) })).toBe(0);
    });

    it.each([true, false])('grant an id to exactly one claimant (durable: %s)', async (durable) => {
      const [a, b] = [await start(), await start()];
      const claims = many(20, (i) => (i % 2 === 0 ? a : b).notes.claim({ id: 'x', text: `claim ${i}` }, { durable }));
      const won = await Promise.all(claims);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await b.notes.claim({ id: 'x', text: 'late' }, { durable })).toBe(false);
      expect(await b.notes.claim({ id: 'y', text: 'other' }, { durable })).toBe(true);
      await a.notes.append([{ id: 'z', text: '' }]); // after this, the claims can be read
      for await (const { text } of a.notes.scan({ to: 'y' })) expect(text).toBe(`claim ${won.indexOf(true)}`);
      expect(await a.notes.prune({})).toBe(3);
      expect(await a.notes.claim({ id: 'x', text: 'again' }, { durable })).toBe(true);
    });

    it.each([0, 1, 999, 1000, 1001, 1300])('trim to the newest %i', async (keep) => {
      const a = await start();
      await a.notes.append(many(1300, (i) => ({ id: id(i), text: '' })));
      expect(await a.notes.trim(keep)).toBe(1300 - keep);
      expect(await read(a.notes.scan({}))).toEqual(many(keep, (i) => id(i + 1300 - keep)));
      expect(await a.notes.trim(keep + 1)).toBe(0);
    });

    it('replace an entry that is appended again, and keep entries complete', async () => {
      const a = await start();
      await a.notes.append([{ id: 'x', text: 'first' }]);
      const again = { id: 'x', text: 'second', more: { $reql_type$: [1] } };
      await a.notes.append([again]);
      for await (const entry of a.notes.scan({})) expect(entry).toEqual(again);
      expect(await read(a.notes.scan({}))).toEqual(['x']);
    });

    it('let a reader stop early', async () => {
      const a = await start();
      await a.notes.append(many(20, (i) => ({ id: id(i), text: '' })));
      for await (const entry of a.notes.scan({}, { descending: true })) {
        expect(entry.id).toBe(id(19));
        break;
      }
    });
  });

  describe('lifecycle', () => {
    if (candidate.persistent) {
      it('keeps everything over a restart, and continues the revisions of removed ids', async () => {
        const a = await start();
        await Promise.all(many(300, (i) => a.boxes.insert({ id: `b${i}`, count: i })));
        await Promise.all(many(100, (i) => a.boxes.remove(`b${i}`)));
        await a.boxes.update('b200', (box) => ({ ...box, count: -1 }));
        await a.notes.append([{ id: 'n', text: 'kept' }]);
        const before = new Map([...a.boxes.list()].map((box) => [box.id, box]));
        await stopAll();
        const b = await start();
        expect(new Map([...b.boxes.list()].map((box) => [box.id, box]))).toEqual(before);
        expect((await b.boxes.insert({ id: 'b5', count: 1 })).revision).toBe(3);
        for await (const entry of b.notes.scan({})) expect(entry).toEqual({ id: 'n', text: 'kept' });
      });
    }

    it('gives a database one identity for all concurrent and later processes', async () => {
      await lab.close();
      lab = candidate.lab({ isNew: true });
      const first = await Promise.all(many(8, () => start()));
      const { uuid, identity } = first[0]!.store.installation;
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Date.parse(identity.created)).toBeGreaterThan(Date.parse('2020-01-01'));
      expect(identity.epoch).toBe(1);
      expect(new Set(first.map(({ store }) => store.installation.uuid))).toEqual(new Set([uuid]));
      if (candidate.persistent) await stopAll();
      expect((await start()).store.installation.uuid).toBe(uuid);
    });

    it('gives different databases different identities', async () => {
      const other = candidate.lab();
      const store = new Store(other.connect());
      await store.start();
      expect(store.installation.uuid).not.toBe((await start()).store.installation.uuid);
      await store.stop();
      await other.close();
    });

    it('does not know the identity before the start', () => {
      expect(() => new Store(lab.connect()).installation.uuid).toThrow('once the store is started');
    });

    it('reports engine, version and tables in its health', async () => {
      const a = await start();
      await a.boxes.insert({ id: 'a', count: 1 });
      const health = await a.store.health();
      expect(health).toMatchObject({ kind: candidate.kind, tables: [{ name: 'box', size: 1, synced: true }] });
      expect(health.version).toMatch(/\w/);
    });

    if (candidate.persistent) {
      it('rejects writes after the stop with unavailable', async () => {
        const a = await start();
        await stopAll();
        expect(await outcomes([a.boxes.insert({ id: 'a', count: 1 })])).toEqual(['unavailable']);
      });
    }
  });
});
