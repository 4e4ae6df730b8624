import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { IntegerAllocator } from './integer-allocator.js';

const LAST = 20;
const RESERVED = [
  { first: 1n, last: 1n },
  { first: 7n, last: 9n },
];
const usable = Array.from({ length: LAST }, (_, i) => BigInt(i + 1)).filter(
  (n) => !RESERVED.some(({ first, last }) => first <= n && n <= last),
);

type Step = readonly ['lowest' | 'claim' | 'settle' | 'record' | 'forget', bigint];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.constantFrom('lowest', 'lowest', 'claim', 'settle', 'record', 'forget'),
    fc.bigInt({ min: 0n, max: BigInt(LAST + 1) }),
  ),
  { maxLength: 120 },
);

/** Naive model: two sets, searched from the bottom. */
class Model {
  readonly recorded = new Set<bigint>();
  readonly claimed = new Set<bigint>();
  isFree = (n: bigint): boolean => usable.includes(n) && !this.recorded.has(n) && !this.claimed.has(n);
  lowest = (): bigint | undefined => usable.find(this.isFree);
}

describe('IntegerAllocator', () => {
  it('always claims the lowest free integer, like a naive model', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const allocator = new IntegerAllocator({ first: 1n, last: BigInt(LAST) }, RESERVED);
        const model = new Model();
        for (const [what, n] of list) {
          if (what === 'lowest') {
            const found = allocator.claimLowest();
            expect(found).toBe(model.lowest());
            if (found !== undefined) model.claimed.add(found);
          } else if (what === 'claim') {
            expect(allocator.claim(n)).toBe(model.isFree(n));
            if (model.isFree(n)) model.claimed.add(n);
          } else {
            allocator[what](n);
            if (what === 'settle') model.claimed.delete(n);
            if (what === 'record' && n >= 1n && n <= BigInt(LAST)) model.recorded.add(n);
            if (what === 'forget') model.recorded.delete(n);
          }
          expect(allocator.used).toBe(model.recorded.size);
        }
        for (const n of usable) expect(allocator.isFree(n)).toBe(model.isFree(n));
      }),
      { numRuns: 500 },
    );
  });

  it('reuses freed integers immediately, lowest first', () => {
    const allocator = new IntegerAllocator({ first: 0n, last: 5n });
    const taken = Array.from({ length: 6 }, () => allocator.claimLowest());
    expect(taken).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
    expect(allocator.claimLowest()).toBeUndefined();
    allocator.settle(4n);
    allocator.settle(1n);
    expect([allocator.claimLowest(), allocator.claimLowest(), allocator.claimLowest()]).toEqual([1n, 4n, undefined]);
  });

  it('keeps an integer whose document appeared while it was claimed', () => {
    const allocator = new IntegerAllocator({ first: 0n, last: 5n });
    expect(allocator.claimLowest()).toBe(0n);
    allocator.record(0n);
    allocator.settle(0n);
    expect(allocator.isFree(0n)).toBe(false);
    expect(allocator.idle).toBe(false);
  });

  it('supports ranges that are too large to search', () => {
    const allocator = new IntegerAllocator({ first: 0n, last: 2n ** 64n }, [{ first: 0n, last: 2n ** 63n }]);
    expect(allocator.claimLowest()).toBe(2n ** 63n + 1n);
  });
});
