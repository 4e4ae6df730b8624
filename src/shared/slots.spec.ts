import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../test/support/property-seed.js';
import { Slots } from './slots.js';

const LAST = 20;
const RESERVED = [
  { first: 1n, last: 1n },
  { first: 7n, last: 9n },
];
const usable = Array.from({ length: LAST }, (_, i) => BigInt(i + 1)).filter(
  (n) => !RESERVED.some(({ first, last }) => first <= n && n <= last),
);

type Step = readonly ['lowest' | 'claim' | 'settle' | 'record' | 'erase', bigint];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom('lowest', 'lowest', 'claim', 'settle', 'record', 'erase'),
    fc.bigInt({ min: 0n, max: BigInt(LAST + 1) }),
  ),
  { maxLength: 120 },
);

/** The obvious implementation: two sets, searched from the bottom. */
class Model {
  readonly recorded = new Set<bigint>();
  readonly claimed = new Set<bigint>();
  isFree = (n: bigint): boolean => usable.includes(n) && !this.recorded.has(n) && !this.claimed.has(n);
  lowest = (): bigint | undefined => usable.find(this.isFree);
}

describe('Slots', () => {
  it('always finds the lowest free one, as the obvious implementation does', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const slots = new Slots({ first: 1n, last: BigInt(LAST) }, RESERVED);
        const model = new Model();
        for (const [what, n] of list) {
          if (what === 'lowest') {
            const found = slots.claimLowest();
            expect(found).toBe(model.lowest());
            if (found !== undefined) model.claimed.add(found);
          } else if (what === 'claim') {
            expect(slots.claim(n)).toBe(model.isFree(n));
            if (model.isFree(n)) model.claimed.add(n);
          } else {
            slots[what](n);
            if (what === 'settle') model.claimed.delete(n);
            if (what === 'record' && n >= 1n && n <= BigInt(LAST)) model.recorded.add(n);
            if (what === 'erase') model.recorded.delete(n);
          }
          expect(slots.used).toBe(model.recorded.size);
        }
        for (const n of usable) expect(slots.isFree(n)).toBe(model.isFree(n));
      }),
      { numRuns: 500 },
    );
  });

  it('hands out a freed one again at once, lowest first', () => {
    const slots = new Slots({ first: 0n, last: 5n });
    const taken = Array.from({ length: 6 }, () => slots.claimLowest());
    expect(taken).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    expect(slots.claimLowest()).toBeUndefined();
    slots.settle(4n);
    slots.settle(1n);
    expect([slots.claimLowest(), slots.claimLowest(), slots.claimLowest()]).toEqual([1n, 4n, undefined]);
  });

  it('keeps an integer whose document appeared while it was claimed', () => {
    const slots = new Slots({ first: 0n, last: 5n });
    expect(slots.claimLowest()).toBe(0n);
    slots.record(0n);
    slots.settle(0n);
    expect(slots.isFree(0n)).toBe(false);
    expect(slots.idle).toBe(false);
  });

  it('works in ranges too large to look through', () => {
    const slots = new Slots({ first: 0n, last: 2n ** 64n }, [{ first: 0n, last: 2n ** 63n }]);
    expect(slots.claimLowest()).toBe(2n ** 63n + 1n);
  });
});
