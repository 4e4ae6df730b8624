import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { dependsOn } from '../../store/dependency.js';
import { MemoryEngine } from '../../store/memory/memory-engine.js';
import { defineTable } from '../../store/table.js';
import type { Document } from '../../store/table.js';
import { KeptLists } from './kept-lists.js';

interface Ball extends Document {
  readonly box: string;
}

interface Box extends Document {
  readonly mark: number;
}

function world(declared = true) {
  const engine = new MemoryEngine();
  const balls = memoryTable(defineTable<Ball>()({ name: 'ball', indexes: { box: ({ box }) => box } }), engine);
  const boxes = memoryTable(defineTable<Box>()({ name: 'box' }), engine);
  const lists = new KeptLists();
  const inBox = (box: string): string[] => balls.by('box', box).map(({ id }) => id);
  if (declared) lists.declare('ball', [dependsOn(balls), dependsOn(boxes, undefined, inBox)]);
  const made: string[] = [];
  /** Finds a ball by its id in any case. */
  const get = (id: string): Ball => {
    const ball = balls.get(id.toLowerCase());
    if (!ball) throw new Error(`no ball ${id}`);
    return ball;
  };
  const look = (id: string, variant = '') =>
    lists.respondWithObject('ball', variant, id, {
      get,
      answer: (ball) => {
        made.push(`${ball.id}${variant}`);
        return { id: ball.id, mark: boxes.get(ball.box)?.mark };
      },
    });
  return { balls, boxes, look, made };
}

describe('responses of single objects', () => {
  it('are made once for all readers, and for each variant', async () => {
    const { balls, look, made } = world();
    await balls.insert({ id: 'a', box: 'x' });
    expect(look('a')).toEqual({ id: 'a', mark: undefined });
    expect(look('a')).toBe(look('a'));
    expect(look('a', ' with secrets')).not.toBe(look('a'));
    expect(made).toEqual(['a', 'a with secrets']);
  });

  it('are made anew after a change of the object or of what it is made of, and no others are', async () => {
    const { balls, boxes, look, made } = world();
    await boxes.insert({ id: 'x', mark: 1 });
    for (const [id, box] of ['ax', 'bx', 'cy'].map(([id, box]) => [id!, box!] as const))
      await balls.insert({ id, box });
    const lookAtAll = (): string[] => {
      made.length = 0;
      for (const id of ['a', 'b', 'c']) look(id);
      return [...made];
    };
    expect(lookAtAll()).toEqual(['a', 'b', 'c']);
    await boxes.upsert('x', () => ({ id: 'x', mark: 2 }));
    expect(lookAtAll()).toEqual(['a', 'b']);
    expect(look('a')).toEqual({ id: 'a', mark: 2 });
    await balls.upsert('c', () => ({ id: 'c', box: 'x' }));
    expect(lookAtAll()).toEqual(['c']);
    expect(look('c')).toEqual({ id: 'c', mark: 2 });
  });

  it('are gone with the object', async () => {
    const { balls, look } = world();
    await balls.insert({ id: 'a', box: 'x' });
    look('a');
    await balls.remove('a');
    expect(() => look('a')).toThrow('no ball a');
  });

  it('are not kept for other spellings of an id', async () => {
    const { balls, look, made } = world();
    await balls.insert({ id: 'abc', box: 'x' });
    for (const id of ['ABC', 'Abc', 'ABC']) expect(look(id)).toEqual({ id: 'abc', mark: undefined });
    expect(made).toHaveLength(3);
  });

  it('are not kept without a declaration', async () => {
    const { balls, look, made } = world(false);
    await balls.insert({ id: 'a', box: 'x' });
    look('a');
    look('a');
    expect(made).toHaveLength(2);
  });
});
