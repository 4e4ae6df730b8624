import { describe, expect, it } from 'vitest';
import { mapYielding, acquireLoopTurn, LoopSlicer } from './event-loop.js';

/** Blocks the event loop for some milliseconds. */
const busy = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

describe('event loop turns', () => {
  it('are granted one per round of the event loop, in order of request', async () => {
    const log: string[] = [];
    const rounds = new Set<number>();
    let round = 0;
    let running = true;
    const count = (): void => {
      round++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    const tasks = ['a', 'b', 'c', 'd', 'e'].map(async (name) => {
      await acquireLoopTurn();
      log.push(name);
      rounds.add(round);
    });
    await Promise.all(tasks);
    running = false;
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(rounds.size).toBe(5);
  });

  it('let other work run between the slices of a long task', async () => {
    let others = 0;
    let running = true;
    const count = (): void => {
      others++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    const items = Array.from({ length: 320 }, (_, at) => at);
    const mapped = await mapYielding(items, (item) => {
      busy(0.2);
      return item * 2;
    });
    running = false;
    expect(mapped).toEqual(items.map((item) => item * 2));
    expect(others).toBeGreaterThan(2);
  });

  it('are due for a pause only after some time', () => {
    const slicer = new LoopSlicer();
    expect(Array.from({ length: 16 }, () => slicer.due)).not.toContain(true);
    busy(11);
    expect(Array.from({ length: 16 }, () => slicer.due)).toContain(true);
  });

  it('propagate errors of the task', async () => {
    const failing = mapYielding([1, 2], () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
  });
});
