import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldFeed } from '../../../../test/support/held-feed.js';
import { RUNS, SEED } from '../../../../test/support/property-seed.js';
import { memoryTable } from '../../../../test/support/store.js';
import { dependsOn } from '../../store/dependency.js';
import { MemoryEngine } from '../../store/memory/memory-engine.js';
import type { SavedState } from '../../store/saved-state.js';
import { defineTable } from '../../store/table.js';
import type { Document } from '../../store/table.js';
import { buffer } from 'node:stream/consumers';
import type { ResponseJson } from '../wire/response-json.js';
import { KeptList } from './kept-list.js';
import type { KeptListLimits } from './kept-list.js';

interface Ball extends Document {
  readonly box: string;
  readonly hidden: boolean;
}

interface Box extends Document {
  readonly mark: number;
}

const balls = defineTable<Ball>()({ name: 'ball', indexes: { box: (ball) => ball.box } });
const boxes = defineTable<Box>()({ name: 'box' });

const textOf = async (json: ResponseJson): Promise<string> => {
  const payload = json.toPayload();
  const bytes = Buffer.isBuffer(payload) ? payload : await buffer(payload);
  expect(bytes).toHaveLength(json.length);
  return bytes.toString();
};

const QUIET = { report: () => undefined };

/** A list of the balls that are not hidden, each with the mark of its box. */
class World {
  readonly feed = new HeldFeed(new MemoryEngine());
  readonly balls = memoryTable(balls, this.feed.engine, QUIET);
  readonly boxes = memoryTable(boxes, this.feed.engine, QUIET);
  readonly saved = new Map<string, readonly SavedState[]>();
  readonly answered: string[] = [];
  readonly list: KeptList<Ball>;

  constructor(limits: KeptListLimits) {
    const box = dependsOn(this.boxes, undefined, (id) => this.balls.by('box', id).map((ball) => ball.id));
    this.list = new KeptList<Ball>(
      {
        all: () => [...this.balls.list()].filter(({ hidden }) => !hidden),
        find: (id) => (this.balls.get(id)?.hidden ? undefined : this.balls.get(id)),
        answer: (ball) => {
          this.answered.push(ball.id);
          return this.shown(ball);
        },
      },
      [dependsOn(this.balls), box],
      limits,
    );
  }

  /** The list, made of the tables alone. */
  get expected(): string {
    const ids = [...this.balls.list()].filter(({ hidden }) => !hidden).map(({ id }) => id);
    return JSON.stringify(ids.sort().map((id) => this.shown(this.balls.get(id)!)));
  }

  async text(): Promise<string> {
    return textOf(await this.list.current());
  }

  async putBall(id: string, box: string, hidden = false): Promise<void> {
    await this.balls.upsert(id, () => ({ id, box, hidden }));
  }

  async putBox(id: string, mark: number): Promise<void> {
    await this.boxes.upsert(id, () => ({ id, mark }));
  }

  private shown({ id, box }: Ball) {
    return { id, box, mark: this.boxes.get(box)?.mark ?? null };
  }
}

type Step = (world: World) => Promise<unknown>;

const ball = fc.integer({ min: 0, max: 12 }).map((number) => `ball${number}`);
const box = fc.integer({ min: 0, max: 3 }).map((number) => `box${number}`);
const table = fc.constantFrom<{ name: string }>(balls, boxes);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(ball, box, fc.boolean()).map(
      ([id, at, hidden]): Step =>
        (w) =>
          w.putBall(id, at, hidden),
    ),
  },
  {
    weight: 3,
    arbitrary: ball.map(
      (id): Step =>
        (w) =>
          w.balls.remove(id),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(box, fc.nat()).map(
      ([id, mark]): Step =>
        (w) =>
          w.putBox(id, mark),
    ),
  },
  {
    weight: 2,
    arbitrary: box.map(
      (id): Step =>
        (w) =>
          w.boxes.remove(id),
    ),
  },
  {
    weight: 1,
    arbitrary: table.map(
      (one): Step =>
        async (w) =>
          w.feed.lose(one),
    ),
  },
  {
    weight: 1,
    arbitrary: table.map(
      (one): Step =>
        async (w) =>
          w.feed.recover(one),
    ),
  },
  {
    weight: 1,
    arbitrary: table.map(
      (one): Step =>
        async (w) =>
          w.saved.set(one.name, await w.feed.save(one)),
    ),
  },
  {
    weight: 1,
    arbitrary: table.map(
      (one): Step =>
        (w) =>
          w.feed.goBack(one, w.saved.get(one.name) ?? []),
    ),
  },
);

const FORMS: readonly (readonly [string, KeptListLimits])[] = [
  ['loose', { loose: 1_000_000, block: 1000, changes: 100 }],
  ['packed', { loose: 0, block: 100, changes: 100 }],
  ['packed when it grows', { loose: 150, block: 100, changes: 100 }],
];

describe.each(FORMS)('a kept list, %s', (_form, limits) => {
  it(`is what the tables say after every step, also when they are loaded again or go back in time (seed ${SEED})`, async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = new World(limits);
      for (const take of steps) {
        await take(world);
        expect(await world.text()).toBe(world.expected);
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it(`has all changes that were made before the call, with readers at any time (seed ${SEED})`, async () => {
    const property = fc.asyncProperty(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 40 }), async (steps) => {
      const world = new World(limits);
      let asked: Promise<string> | undefined;
      for (const [take, isRead] of steps) {
        await take(world);
        if (isRead) asked = world.text();
      }
      const [, text] = await Promise.all([asked, world.text()]);
      expect(text).toBe(world.expected);
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it('makes anew only what a change touches', async () => {
    const world = new World(limits);
    for (const at of [1, 2]) await world.putBox(`box${at}`, at);
    for (const at of [1, 2, 3, 4]) await world.putBall(`ball${at}`, at < 3 ? 'box1' : 'box2');
    const first = await world.list.current();
    expect(world.answered.splice(0)).toEqual(['ball1', 'ball2', 'ball3', 'ball4']);
    expect(await world.list.current()).toBe(first);
    await world.putBall('ball3', 'box1');
    await world.text();
    expect(world.answered.splice(0)).toEqual(['ball3']);
    await world.putBox('box2', 7);
    await world.putBox('box3', 8);
    await world.text();
    expect(world.answered.splice(0)).toEqual(['ball4']);
    const same = await world.list.current();
    await world.boxes.update('box2', (one) => ({ ...one }));
    expect(await world.list.current()).toBe(same);
    expect(world.answered.splice(0)).toEqual(['ball4']);
    await world.balls.remove('ball4');
    expect(await world.text()).toBe(world.expected);
    expect(world.answered).toEqual([]);
  });

  it('is made once for all who ask meanwhile', async () => {
    const world = new World(limits);
    await world.putBall('ball1', 'box1');
    const lists = await Promise.all([1, 2, 3].map(() => world.list.current()));
    expect(new Set(lists).size).toBe(1);
    expect(world.answered).toEqual(['ball1']);
  });

  it('forgets which objects have changed when they are many, and makes all anew', async () => {
    const world = new World(limits);
    await world.putBall('ball1', 'box1');
    await world.text();
    for (let number = 0; number <= 100; number++) await world.putBox(`other${number}`, number);
    world.answered.splice(0);
    expect(await world.text()).toBe(world.expected);
    expect(world.answered).toEqual(['ball1']);
  });

  it('takes only the object with the very id that has changed', async () => {
    const table = memoryTable(balls);
    const find = (id: string) => table.get(id.toLowerCase()) ?? table.get(id);
    const all = () => [...table.list()];
    const list = new KeptList<Ball>({ all, find, answer: ({ id }) => ({ id }) }, [dependsOn(table)], limits);
    await table.insert({ id: 'a', box: '', hidden: false });
    await list.current();
    await table.insert({ id: 'A', box: '', hidden: false });
    await table.remove('A');
    expect(await textOf(await list.current())).toBe('[{"id":"a"}]');
  });
});
