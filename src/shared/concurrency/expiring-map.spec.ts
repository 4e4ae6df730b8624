import { describe, expect, it } from 'vitest';
import { ManualClock } from '../clock.js';
import { ExpiringMap } from './expiring-map.js';

function map(capacity?: number) {
  const clock = new ManualClock();
  return { clock, map: new ExpiringMap<string, number | undefined>(1000, clock, capacity) };
}

describe('ExpiringMap', () => {
  it('has an entry to the end of its window, whether it is read or not', () => {
    const { clock, map: entries } = map();
    entries.set('a', 1);
    clock.advance(1000);
    expect([entries.has('a'), entries.get('a')]).toEqual([true, 1]);
    clock.advance(1);
    expect([entries.has('a'), entries.get('a')]).toEqual([false, undefined]);
  });

  it('starts the window anew when the entry is set again', () => {
    const { clock, map: entries } = map();
    entries.set('a', 1);
    clock.advance(800);
    entries.set('a', 2);
    clock.advance(800);
    expect(entries.get('a')).toBe(2);
  });

  it('frees the memory of what has expired', () => {
    const { clock, map: entries } = map();
    for (let n = 0; n < 100; n++) entries.set(`k${n}`, n);
    clock.advance(600);
    entries.set('young', 1);
    clock.advance(600);
    entries.set('new', 1);
    expect(entries.size).toBe(2);
  });

  it('drops the oldest beyond its capacity', () => {
    const { map: entries } = map(3);
    for (const key of ['a', 'b', 'c']) entries.set(key, 1);
    entries.set('a', 2); // now the newest, and no further one
    expect(entries.size).toBe(3);
    entries.set('d', 1);
    expect(['a', 'b', 'c', 'd'].map((key) => entries.has(key))).toEqual([true, false, true, true]);
  });

  it('tells a missing entry from an undefined value', () => {
    const { map: entries } = map();
    entries.set('a', undefined);
    expect([entries.has('a'), entries.has('b')]).toEqual([true, false]);
  });
});
