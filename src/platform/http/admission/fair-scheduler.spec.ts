import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FairScheduler } from './fair-scheduler.js';

/** Waits for the next round of the event loop: an immediate may still run in the current one. */
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 1000 && !condition(); n++) await turn();
  expect(condition()).toBe(true);
}

/** Keeps the process busy for the given time, in milliseconds. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('FairScheduler', () => {
  it('starts requests immediately unless a long one was started in the same round of the event loop', async () => {
    const scheduler = new FairScheduler();
    const begun: number[] = [];
    scheduler.take('a', () => begun.push(1));
    expect(begun).toEqual([1]);
    await turn();
    scheduler.take('a', () => begun.push(2));
    expect(begun).toEqual([1, 2]);
  });

  it.each([
    ['one caller', ['a1', 'a2', 'a3'], ['a1', 'a2', 'a3']],
    ['a flood and a single request', ['a1', 'a2', 'a3', 'a4', 'b1'], ['a1', 'a2', 'b1', 'a3', 'a4']],
    ['two floods', ['a1', 'a2', 'a3', 'b1', 'b2'], ['a1', 'a2', 'b1', 'a3', 'b2']],
    ['three callers', ['a1', 'a2', 'b1', 'c1', 'a3'], ['a1', 'a2', 'b1', 'c1', 'a3']],
    ['one that arrives first', ['b1', 'a1', 'a2', 'b2'], ['b1', 'a1', 'b2', 'a2']],
  ])('starts requests of %s in separate rounds of the event loop, alternating callers', async (_, wanted, order) => {
    const scheduler = new FairScheduler();
    const begun: string[] = [];
    let round = 0;
    const rounds: number[] = [];
    const count = (): void => void (begun.length < wanted.length && setImmediate(() => (round++, count())));
    count();
    for (const name of wanted) {
      scheduler.take(name[0]!, () => {
        begun.push(name);
        rounds.push(round);
        work(4);
      });
    }
    await until(() => begun.length === wanted.length);
    expect(begun).toEqual(order);
    expect(new Set(rounds).size).toBe(rounds.length);
  });

  it.each([2, 5, 16])('starts %i short requests together that waited for a long one', async (count) => {
    const scheduler = new FairScheduler();
    scheduler.take('a', () => work(4));
    const rounds: number[] = [];
    let round = 0;
    for (let n = 0; n < count; n++) scheduler.take('a', () => rounds.push(round));
    for (; round < 100 && rounds.length < count; round++) await turn();
    expect(rounds).toHaveLength(count);
    expect(new Set(rounds).size).toBeLessThanOrEqual(2);
  });

  it('starts no other waiting request in the same round as a long one', async () => {
    const scheduler = new FairScheduler();
    scheduler.take('a', () => work(4));
    let begun = 0;
    for (let n = 0; n < 10; n++) {
      scheduler.take('a', () => {
        begun++;
        work(4);
      });
    }
    for (let seen = 0; begun < 10; seen = begun) {
      await turn();
      expect(begun - seen, 'in two rounds at most').toBeLessThanOrEqual(2);
    }
  });

  it.each([2, 5, 20, 100, 500])('starts %i short requests in one round of the event loop', (count) => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
    onTestFinished(() => clock.mockRestore());
    const scheduler = new FairScheduler();
    let begun = 0;
    for (let n = 0; n < count; n++) scheduler.take('a', () => begun++);
    expect(begun).toBe(count);
    clock.mockReturnValue(1002);
    scheduler.take('a', () => begun++);
    expect(begun).toBe(count);
  });

  it('accepts everything that arrived during a long request before starting the next one', async () => {
    const scheduler = new FairScheduler();
    let [taken, second] = [0, -1];
    const arrive = (): void => {
      if (taken === 20) return;
      taken++;
      scheduler.arrived();
      setImmediate(arrive);
    };
    scheduler.take('a', () => {
      setImmediate(arrive);
      work(50);
    });
    scheduler.take('a', () => (second = taken));
    await until(() => second >= 0);
    expect(second).toBe(20);
  });

  it('does not let endless arrivals starve waiting requests', async () => {
    const scheduler = new FairScheduler();
    let begun = false;
    const arrive = (): void => {
      scheduler.arrived();
      if (!begun) setImmediate(arrive);
    };
    scheduler.take('a', () => work(20));
    scheduler.take('a', () => (begun = true));
    arrive();
    const end = performance.now() + 5000;
    while (!begun && performance.now() < end) await turn();
    expect(begun).toBe(true);
  });
});
