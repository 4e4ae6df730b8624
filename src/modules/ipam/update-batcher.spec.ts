import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { boxes } from '../../../test/support/store-box.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { UpdateBatcher } from './update-batcher.js';

const add = (n: number) => (box: { count: number; id: string; revision: number }) => ({ ...box, count: box.count + n });

describe('UpdateBatcher', () => {
  it('applies many concurrent changes in order, in few writes', async () => {
    const table = memoryTable(boxes);
    await table.insert({ id: 'b', count: 0 });
    const batcher = new UpdateBatcher(table);
    const seen: number[] = [];
    const one = (box: { count: number; id: string; revision: number }) => (seen.push(box.count), add(1)(box));
    await Promise.all(Array.from({ length: 100 }, () => batcher.update('b', one)));
    expect(table.get('b')).toMatchObject({ count: 100, revision: 3 });
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('reports a failing change only to its caller', async () => {
    const table = memoryTable(boxes);
    await table.insert({ id: 'b', count: 0 });
    const batcher = new UpdateBatcher(table);
    const fail = () => {
      throw new Error('mine');
    };
    const results = await Promise.allSettled([add(1), fail, add(2), fail, add(4)].map((c) => batcher.update('b', c)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(table.get('b')?.count).toBe(7);
  });

  it('reports a failed write to all callers, and continues afterwards', async () => {
    const table = memoryTable(boxes);
    const batcher = new UpdateBatcher(table);
    const results = await Promise.allSettled([1, 2, 3].map((n) => batcher.update('b', add(n))));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    await table.insert({ id: 'b', count: 0 });
    await batcher.update('b', add(5));
    expect(table.get('b')?.count).toBe(5);
  });

  it('loses no change if two processes write the same document', async () => {
    const engine = new MemoryEngine();
    const tables = [memoryTable(boxes, engine), memoryTable(boxes, engine)];
    await tables[0]!.insert({ id: 'b', count: 0 });
    const batcher = tables.map((table) => new UpdateBatcher(table));
    await Promise.all(Array.from({ length: 200 }, (_, i) => batcher[i % 2]!.update('b', add(1))));
    expect(tables[0]!.get('b')?.count).toBe(200);
  });
});
