import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CONSTRAINT_TYPES, sizesOverlap } from './size.js';
import type { SizeConstraint } from './size.js';

const constraint: fc.Arbitrary<SizeConstraint> = fc
  .record({
    type: fc.constantFrom(...CONSTRAINT_TYPES),
    min: fc.nat(9),
    width: fc.nat(9),
    identifier: fc.constantFrom('', '', 'a'),
  })
  .map(({ width, ...rest }) => ({ ...rest, max: rest.min + width }));

/** Every constraint of the one size compared with every one of the other. */
function pairwise(a: readonly SizeConstraint[], b: readonly SizeConstraint[]): boolean {
  const types = (list: readonly SizeConstraint[]): string => [...new Set(list.map(({ type }) => type))].sort().join();
  if (a.length === 0 || b.length === 0 || types(a) !== types(b)) return false;
  return a.every((one) =>
    b.every(
      (other) =>
        one.type !== other.type ||
        (one.identifier === other.identifier && one.min <= other.max && other.min <= one.max),
    ),
  );
}

it('sizes overlap when each two of their constraints of one type do', () => {
  const constraints = fc.array(constraint, { maxLength: 4 });
  fc.assert(
    fc.property(constraints, constraints, (a, b) => {
      expect(sizesOverlap(a, b)).toBe(pairwise(a, b));
    }),
    { numRuns: 1000 },
  );
});
