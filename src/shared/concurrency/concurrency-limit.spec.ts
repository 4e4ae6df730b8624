import { describe, expect, it } from 'vitest';
import { nextLoopRound } from './timers.js';
import { concurrencyLimit, mapConcurrently } from './concurrency-limit.js';

describe('mapConcurrently', () => {
  it('keeps the order and the width', async () => {
    let [underWay, most] = [0, 0];
    const doubled = await mapConcurrently([5, 4, 3, 2, 1], 2, async (turns) => {
      most = Math.max(most, ++underWay);
      for (let n = 0; n < turns; n++) await nextLoopRound();
      underWay--;
      return turns * 2;
    });
    expect(doubled).toEqual([10, 8, 6, 4, 2]);
    expect(most).toBe(2);
  });

  it('rejects with the first error and starts nothing more', async () => {
    const started: number[] = [];
    const run = mapConcurrently([1, 2, 3], 1, async (n) => {
      started.push(n);
      if (n === 2) throw new Error('two');
    });
    await expect(run).rejects.toThrow('two');
    expect(started).toEqual([1, 2]);
  });

  it('maps nothing to nothing', async () => expect(await mapConcurrently([], 3, async () => 1)).toEqual([]));
});

describe('concurrencyLimit', () => {
  it('runs so many tasks at a time, in order, and goes on after errors', async () => {
    const limit = concurrencyLimit(2);
    const begun: number[] = [];
    const ends: ((error?: Error) => void)[] = [];
    const results = Promise.allSettled(
      [0, 1, 2, 3].map((n) =>
        limit(() => {
          begun.push(n);
          return new Promise<number>((resolve, reject) => (ends[n] = (error) => (error ? reject(error) : resolve(n))));
        }),
      ),
    );
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    await settle();
    expect(begun).toEqual([0, 1]);
    ends[1]!(new Error('no'));
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    ends[0]!();
    ends[2]!();
    await settle();
    expect(begun).toEqual([0, 1, 2, 3]);
    ends[3]!();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});
