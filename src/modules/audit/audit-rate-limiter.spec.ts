import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../shared/clock.js';
import { AuditRateLimiter } from './audit-rate-limiter.js';
import { OmissionCounter } from './omission-counter.js';

const taken = (limiter: AuditRateLimiter, caller: string, tries: number): number =>
  Array.from({ length: tries }, () => limiter.spend(caller)).filter(Boolean).length;

describe('AuditRateLimiter', () => {
  it('lets a caller save up at most ten seconds of its rate', () => {
    const clock = new ManualClock();
    const limiter = new AuditRateLimiter(5, clock);
    clock.advance(3600_000);
    expect(taken(limiter, 'a', 100)).toBe(50);
  });

  it.each([
    [200, 1],
    [1000, 5],
    [1900, 9],
    [9000, 45],
    [60_000, 50],
  ])('after %i ms of idling, allows a caller with an empty bucket %i calls', (pause, calls) => {
    const clock = new ManualClock();
    const limiter = new AuditRateLimiter(5, clock);
    taken(limiter, 'a', 100);
    clock.advance(pause);
    expect(taken(limiter, 'a', 100)).toBe(calls);
  });

  it('limits each caller, and all callers together', () => {
    const limiter = new AuditRateLimiter(5, new ManualClock());
    expect(taken(limiter, 'a', 100)).toBe(50);
    expect(taken(limiter, 'b', 10)).toBe(10);
    const others = Array.from({ length: 100 }, (_, n) => taken(limiter, `caller ${n}`, 50));
    expect(others.reduce((sum, n) => sum + n, 0)).toBe(440);
  });

  it('tolerates a clock that goes back, and more callers than it tracks', () => {
    let now = 1_000_000;
    const limiter = new AuditRateLimiter(5, { now: () => now });
    now = 0;
    for (let n = 0; n < 30_000; n++) limiter.spend(`caller ${n}`);
    now = 100_000;
    expect(limiter.spend('caller 1')).toBe(true);
  });
});

describe('OmissionCounter', () => {
  it('counts omissions by caller with their time range, and reports them once', () => {
    const omissions = new OmissionCounter();
    omissions.add('a', 1);
    omissions.add('b', 2);
    omissions.add('a', 3);
    expect(omissions.drain()).toEqual([
      { user: 'a', calls: 2, from: 1, to: 3 },
      { user: 'b', calls: 1, from: 2, to: 2 },
    ]);
    expect(omissions.drain()).toEqual([]);
  });

  it('shares one count among callers beyond the maximum', () => {
    const omissions = new OmissionCounter();
    for (let n = 0; n < 1000; n++) omissions.add(`caller ${n}`, n);
    expect(omissions.drain()).toHaveLength(101);
  });
});
