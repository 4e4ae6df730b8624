import { describe, expect, it, vi } from 'vitest';
import { Turns } from './turns.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 1000 && !condition(); n++) await turn();
  expect(condition()).toBe(true);
}

/** Keeps the process busy, in milliseconds. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('Turns', () => {
  it('begins at once when nothing long has begun in this turn of the event loop, again in a later one', async () => {
    const turns = new Turns();
    const begun: number[] = [];
    turns.take('a', () => begun.push(1));
    expect(begun).toEqual([1]);
    await turn();
    turns.take('a', () => begun.push(2));
    expect(begun).toEqual([1, 2]);
  });

  it.each([
    ['one caller', ['a1', 'a2', 'a3'], ['a1', 'a2', 'a3']],
    ['a flood and a single request', ['a1', 'a2', 'a3', 'a4', 'b1'], ['a1', 'a2', 'b1', 'a3', 'a4']],
    ['two floods', ['a1', 'a2', 'a3', 'b1', 'b2'], ['a1', 'a2', 'b1', 'a3', 'b2']],
    ['three callers', ['a1', 'a2', 'b1', 'c1', 'a3'], ['a1', 'a2', 'b1', 'c1', 'a3']],
    ['one that comes first', ['b1', 'a1', 'a2', 'b2'], ['b1', 'a1', 'b2', 'a2']],
  ])('of %s begins one in each turn of the event loop, callers alternating', async (_, wanted, order) => {
    const turns = new Turns();
    const begun: string[] = [];
    let round = 0;
    const rounds: number[] = [];
    const count = (): void => void (begun.length < wanted.length && setImmediate(() => (round++, count())));
    count();
    for (const name of wanted) {
      turns.take(name[0]!, () => {
        begun.push(name);
        rounds.push(round);
        work(2);
      });
    }
    await until(() => begun.length === wanted.length);
    expect(begun).toEqual(order);
    expect(new Set(rounds).size).toBe(rounds.length);
  });

  it.each([2, 5, 20, 100, 500])('lets %i short requests begin in one turn of the event loop', (count) => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const turns = new Turns();
    let begun = 0;
    for (let n = 0; n < count; n++) turns.take('a', () => begun++);
    expect(begun).toBe(count);
    clock.mockReturnValue(1001);
    turns.take('a', () => begun++);
    expect(begun).toBe(count);
    clock.mockRestore();
  });

  it('takes in what arrived during a long request before the next one begins', async () => {
    const turns = new Turns();
    let [taken, second] = [0, -1];
    const arrive = (): void => {
      if (taken === 20) return;
      taken++;
      turns.arrived();
      setImmediate(arrive);
    };
    turns.take('a', () => {
      setImmediate(arrive);
      work(50);
    });
    turns.take('a', () => (second = taken));
    await until(() => second >= 0);
    expect(second).toBe(20);
  });

  it('does not let arrivals without end keep out those that wait', async () => {
    const turns = new Turns();
    let begun = false;
    const arrive = (): void => {
      turns.arrived();
      if (!begun) setImmediate(arrive);
    };
    turns.take('a', () => work(20));
    turns.take('a', () => (begun = true));
    arrive();
    const end = performance.now() + 5000;
    while (!begun && performance.now() < end) await turn();
    expect(begun).toBe(true);
  });
});
