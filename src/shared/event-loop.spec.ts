import { describe, expect, it } from 'vitest';
import { mapYielding, acquireLoopTurn, LoopSlicer, runAtOnce, runYielding } from './event-loop.js';

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

  it('are due for a pause after each step that takes long, on request', () => {
    const slicer = new LoopSlicer(1);
    expect(slicer.due).toBe(false);
    busy(11);
    expect(slicer.due).toBe(true);
  });

  it('propagate errors of the task', async () => {
    const failing = mapYielding([1, 2], () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
  });
});

describe('a computation that pauses', () => {
  function* sum(steps: number, effort = 0): Generator<undefined, number> {
    let total = 0;
    for (let step = 1; step <= steps; step++) {
      busy(effort);
      total += step;
      yield;
    }
    if (total === 0) throw new Error('nothing to add');
    return total;
  }

  it('runs to its end', async () => {
    expect(runAtOnce(sum(4))).toBe(10);
    expect(await runYielding(sum(4))).toBe(10);
    expect(() => runAtOnce(sum(0))).toThrow('nothing to add');
    await expect(runYielding(sum(0))).rejects.toThrow('nothing to add');
  });

  it('lets other work run in its pauses', async () => {
    let others = 0;
    const count = (): void => void (others++, (next = setImmediate(count)));
    let next = setImmediate(count);
    await runYielding(sum(5, 11));
    clearImmediate(next);
    expect(others).toBeGreaterThanOrEqual(5);
  });
});
