import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

describe('BoundedMap', () => {
  it('drops the entry that was not used for longest, and no other', () => {
    const map = new BoundedMap<string, number>(3);
    for (const n of [1, 2, 3]) map.set(`k${n}`, n);
    expect(map.get('k1')).toBe(1);
    map.set('k4', 4);
    expect(['k1', 'k2', 'k3', 'k4'].map((key) => map.get(key))).toEqual([1, undefined, 3, 4]);
    expect(map.size).toBe(3);
    map.set('k1', 9);
    expect([map.size, map.get('k1')]).toEqual([3, 9]);
  });

  it('never has more than its maximum', () => {
    const map = new BoundedMap<string, number>(100);
    for (let n = 0; n < 10_000; n++) map.set(`k${n}`, n);
    expect([map.size, map.get('k9900'), map.get('k9899')]).toEqual([100, 9900, undefined]);
  });

  it('limits the size of its entries together', () => {
    const map = new BoundedMap<string, Buffer>(100, ({ length }) => length);
    for (const key of ['a', 'b', 'c']) map.set(key, Buffer.alloc(40));
    expect(['a', 'b', 'c'].map((key) => map.get(key)?.length)).toEqual([undefined, 40, 40]);
    map.set('too long', Buffer.alloc(101));
    expect(map.get('too long')).toBeUndefined();
  });

  it('makes what is missing once', () => {
    const map = new BoundedMap<string, number>(3);
    let made = 0;
    const make = () => ++made;
    expect([map.getOrMake('a', make), map.getOrMake('a', make)]).toEqual([1, 1]);
    map.delete('a');
    expect(map.getOrMake('a', make)).toBe(2);
    map.clear();
    expect(map.size).toBe(0);
  });
});
