import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { boxes } from '../../../test/support/store-box.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { BatchedUpdates } from './batched-updates.js';

const add = (n: number) => (box: { count: number; id: string; revision: number }) => ({ ...box, count: box.count + n });

describe('BatchedUpdates', () => {
  it('carries out in few writes what many ask for at once, in order', async () => {
    const table = memoryTable(boxes);
    await table.insert({ id: 'b', count: 0 });
    const updates = new BatchedUpdates(table);
    const seen: number[] = [];
    const one = (box: { count: number; id: string; revision: number }) => (seen.push(box.count), add(1)(box));
    await Promise.all(Array.from({ length: 100 }, () => updates.update('b', one)));
    expect(table.get('b')).toMatchObject({ count: 100, revision: 3 });
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('lets a failing change concern only its caller', async () => {
    const table = memoryTable(boxes);
    await table.insert({ id: 'b', count: 0 });
    const updates = new BatchedUpdates(table);
    const fail = () => {
      throw new Error('mine');
    };
    const results = await Promise.allSettled([add(1), fail, add(2), fail, add(4)].map((c) => updates.update('b', c)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(table.get('b')?.count).toBe(7);
  });

  it('tells everybody when nothing could be stored, and goes on afterwards', async () => {
    const table = memoryTable(boxes);
    const updates = new BatchedUpdates(table);
    const results = await Promise.allSettled([1, 2, 3].map((n) => updates.update('b', add(n))));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    await table.insert({ id: 'b', count: 0 });
    await updates.update('b', add(5));
    expect(table.get('b')?.count).toBe(5);
  });

  it('loses nothing when two processes write the same document', async () => {
    const engine = new MemoryEngine();
    const tables = [memoryTable(boxes, engine), memoryTable(boxes, engine)];
    await tables[0]!.insert({ id: 'b', count: 0 });
    const updates = tables.map((table) => new BatchedUpdates(table));
    await Promise.all(Array.from({ length: 200 }, (_, i) => updates[i % 2]!.update('b', add(1))));
    expect(tables[0]!.get('b')?.count).toBe(200);
  });
});
