import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('let no more than the limit run at once, in order, also when tasks fail', async () => {
    const slots = new Slots(3);
    let running = 0;
    let most = 0;
    const started: number[] = [];
    const task = (i: number) => async (): Promise<number> => {
      started.push(i);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      if (i % 4 === 0) throw new Error('failed');
      return i;
    };
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    const results = await Promise.allSettled(numbers.map((i) => slots.use(task(i))));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
    expect([most, running]).toEqual([3, 0]);
    expect(started).toEqual(numbers);
  });
});
