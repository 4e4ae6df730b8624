import '../../../test/support/property-seed.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hold, HOLD_ABANDONED_AFTER } from './quota-hold.js';
import type { Hold } from './quota-hold.js';

const refuse = (used: number) => new Error(`used ${used}`);
const use = (quota: number | undefined, used: number, seen: readonly string[] = [], now = 0) => ({
  quota,
  used,
  isSeen: (key: string) => seen.includes(key),
  now,
});

describe('hold', () => {
  it('admits as many as the quota allows, counting what exists and what is held', () => {
    const one = hold([], 'a', use(3, 1), refuse);
    const two = hold(one, 'b', use(3, 1), refuse);
    expect(two.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(() => hold(two, 'c', use(3, 1), refuse)).toThrow('used 3');
  });

  it('does not count what is held and seen twice', () => {
    const held = hold([], 'a', use(2, 0), refuse);
    expect(hold(held, 'b', use(2, 1, ['a']), refuse).map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('replaces a hold of the same key', () => {
    const held = hold([], 'a', use(1, 0), refuse);
    expect(hold(held, 'a', use(1, 0, [], 5), refuse)).toEqual([{ key: 'a', at: 5 }]);
  });

  it('drops abandoned holds, just at their age', () => {
    const held = hold([], 'a', use(1, 0), refuse);
    expect(() => hold(held, 'b', use(1, 0, [], HOLD_ABANDONED_AFTER - 1), refuse)).toThrow('used 1');
    expect(hold(held, 'b', use(1, 0, [], HOLD_ABANDONED_AFTER), refuse).map(({ key }) => key)).toEqual(['b']);
  });

  it('holds without a quota', () => {
    expect(hold([], 'a', use(undefined, 1000), refuse)).toHaveLength(1);
  });

  it('never lets a sequence of creations exceed the quota, whatever is seen when', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.array(fc.boolean(), { maxLength: 20 }), (quota, seen) => {
        let holds: readonly Hold[] = [];
        const created: string[] = [];
        const visible: string[] = [];
        seen.forEach((isVisible, n) => {
          try {
            holds = hold(holds, `k${n}`, use(quota, visible.length, visible, n), refuse);
            created.push(`k${n}`);
            if (isVisible) visible.push(`k${n}`);
          } catch {
            expect(created.length).toBe(quota);
          }
        });
        expect(created.length).toBe(Math.min(quota, seen.length));
      }),
    );
  });
});
