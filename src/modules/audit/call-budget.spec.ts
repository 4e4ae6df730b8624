import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../shared/clock.js';
import { CallBudget } from './call-budget.js';
import { Omissions } from './omissions.js';

const taken = (budget: CallBudget, caller: string, tries: number): number =>
  Array.from({ length: tries }, () => budget.spend(caller)).filter(Boolean).length;

describe('the budget of calls', () => {
  it('lets a caller save up ten seconds of its rate, and no more', () => {
    const clock = new ManualClock();
    const budget = new CallBudget(5, clock);
    clock.advance(3600_000);
    expect(taken(budget, 'a', 100)).toBe(50);
  });

  it.each([
    [200, 1],
    [1000, 5],
    [1900, 9],
    [9000, 45],
    [60_000, 50],
  ])('after %i ms a caller that spent everything has %i calls', (pause, calls) => {
    const clock = new ManualClock();
    const budget = new CallBudget(5, clock);
    taken(budget, 'a', 100);
    clock.advance(pause);
    expect(taken(budget, 'a', 100)).toBe(calls);
  });

  it('is one for each caller, and one for all together', () => {
    const budget = new CallBudget(5, new ManualClock());
    expect(taken(budget, 'a', 100)).toBe(50);
    expect(taken(budget, 'b', 10)).toBe(10);
    const others = Array.from({ length: 100 }, (_, n) => taken(budget, `caller ${n}`, 50));
    expect(others.reduce((sum, n) => sum + n, 0)).toBe(440);
  });

  it('stands a clock that goes back, and more callers than it remembers', () => {
    let now = 1_000_000;
    const budget = new CallBudget(5, { now: () => now });
    now = 0;
    for (let n = 0; n < 30_000; n++) budget.spend(`caller ${n}`);
    now = 100_000;
    expect(budget.spend('caller 1')).toBe(true);
  });
});

describe('omissions', () => {
  it('are counted by caller, with their time, and told once', () => {
    const omissions = new Omissions();
    omissions.add('a', 1);
    omissions.add('b', 2);
    omissions.add('a', 3);
    expect(omissions.drain()).toEqual([
      { user: 'a', calls: 2, from: 1, to: 3 },
      { user: 'b', calls: 1, from: 2, to: 2 },
    ]);
    expect(omissions.drain()).toEqual([]);
  });

  it('of very many callers share a count', () => {
    const omissions = new Omissions();
    for (let n = 0; n < 1000; n++) omissions.add(`caller ${n}`, n);
    expect(omissions.drain()).toHaveLength(101);
  });
});
