import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containsAll, firstRepeated } from './contains-all.js';

/** A list that counts reads of its elements. */
function counted(values: readonly string[]): { readonly list: readonly string[]; reads: number } {
  const result = { list: values, reads: 0 };
  result.list = new Proxy(values, {
    get: (target, key, receiver): unknown => {
      if (typeof key === 'string' && /^\d+$/.test(key)) result.reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  return result;
}

describe('containsAll', () => {
  const few = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 6 });

  it('agrees with a naive comparison', () =>
    fc.assert(
      fc.property(few, few, (wanted, values) => {
        expect(containsAll(wanted)(values)).toBe(wanted.every((value) => values.includes(value)));
      }),
    ));

  it.each([
    ['a million equal values', Array.from({ length: 1_000_000 }, () => '')],
    ['two alternating values', Array.from({ length: 1_000_000 }, (_, at) => (at % 2 ? 'a' : 'b'))],
    ['distinct values', Array.from({ length: 100_000 }, (_, at) => `w${at}`)],
  ])('looks at each value once, however many are wanted: %s', (_, wanted) => {
    const hasAll = containsAll(wanted);
    const values = counted(['a', 'b', 'c']);
    for (let round = 0; round < 100; round++) hasAll(values.list);
    expect(values.reads).toBeLessThanOrEqual(300);
  });
});

describe('firstRepeated', () => {
  it('agrees with a naive search', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (values) => {
        expect(firstRepeated(values)).toBe(values.find((value, at) => values.indexOf(value) !== at));
      }),
    ));
});
