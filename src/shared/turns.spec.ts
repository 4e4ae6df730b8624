import { describe, expect, it } from 'vitest';
import { mapInTurns, ownTurn, Slices } from './turns.js';

/** Keeps the event loop busy, in milliseconds. */
const busy = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

describe('turns', () => {
  it('come one in each round of the event loop, in the order in which they were asked for', async () => {
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
      await ownTurn();
      log.push(name);
      rounds.add(round);
    });
    await Promise.all(tasks);
    running = false;
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(rounds.size).toBe(5);
  });

  it('let others in between the slices of a long task', async () => {
    let others = 0;
    let running = true;
    const count = (): void => {
      others++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    const items = Array.from({ length: 320 }, (_, at) => at);
    const mapped = await mapInTurns(items, (item) => {
      busy(0.2);
      return item * 2;
    });
    running = false;
    expect(mapped).toEqual(items.map((item) => item * 2));
    expect(others).toBeGreaterThan(2);
  });

  it('are not over before some time has passed', () => {
    const slices = new Slices();
    expect(Array.from({ length: 16 }, () => slices.due)).not.toContain(true);
    busy(11);
    expect(Array.from({ length: 16 }, () => slices.due)).toContain(true);
  });

  it('pass on what the task throws', async () => {
    const failing = mapInTurns([1, 2], () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
  });
});
