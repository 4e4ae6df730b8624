import { describe, expect, it } from 'vitest';
import { KeyedBatcher } from './keyed-batcher.js';

/** Runs that end on request; `batches` records the items of each. */
function controlled(most = 10) {
  const batches: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const batcher = new KeyedBatcher<string, string>((key, items) => {
    batches.push(`${key}: ${items.join(' ')}`);
    return new Promise((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve(items.map((item) => item.toUpperCase()))));
    });
  }, most);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { batcher, batches, ends, turn };
}

describe('KeyedBatcher', () => {
  it('batches items submitted during a run, and returns the result of each', async () => {
    const { batcher, batches, ends, turn } = controlled();
    const answers = Promise.all(['a', 'b', 'c'].map((item) => batcher.submit('k', item)));
    expect(batches).toEqual(['k: a']);
    ends[0]!();
    await turn();
    expect(batches).toEqual(['k: a', 'k: b c']);
    ends[1]!();
    expect(await answers).toEqual(['A', 'B', 'C']);
    await turn();
    void batcher.submit('k', 'd');
    expect(batches[2]).toBe('k: d');
  });

  it('limits the size of batches, and keeps the order of items', async () => {
    const { batcher, batches, ends, turn } = controlled(2);
    for (const item of ['a', 'b', 'c', 'd']) void batcher.submit('k', item);
    ends[0]!();
    await turn();
    ends[1]!();
    await turn();
    expect(batches).toEqual(['k: a', 'k: b c', 'k: d']);
  });

  it('runs different keys concurrently', () => {
    const { batcher, batches } = controlled();
    void batcher.submit('k', 'a');
    void batcher.submit('l', 'b');
    expect(batches).toEqual(['k: a', 'l: b']);
  });

  it('rejects all items of a failed batch, and no others', async () => {
    const { batcher, ends, turn } = controlled();
    const [first, ...others] = ['a', 'b', 'c'].map((item) => batcher.submit('k', item).catch(String));
    ends[0]!();
    await turn();
    const last = batcher.submit('k', 'd');
    ends[1]!(new Error('no'));
    await turn();
    ends[2]!();
    expect(await Promise.all([first, ...others, last])).toEqual(['A', 'Error: no', 'Error: no', 'D']);
  });
});
