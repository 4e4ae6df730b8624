import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNS } from '../../../../test/support/property-seed.js';
import { spreadOverRacks } from './spread.js';

const racks = (...ids: string[]) => ids.map((rackId) => ({ rackId }));
/** `1[c,p]` is a machine in rack 1 with the tags c and p. */
const placed = (text: string) =>
  [...text.matchAll(/(\w+)\[([\w,]*)\]/g)].map(([, rackId, tags]) => ({
    rackId: rackId!,
    tags: tags!.split(',').filter(Boolean),
  }));
const winners = (...args: Parameters<typeof spreadOverRacks>) => [
  ...new Set(spreadOverRacks(...args).map(({ rackId }) => rackId)),
];

// The examples of docs/reference/machine-allocation.md#rack-spreading.
describe('spreadOverRacks', () => {
  it('prefers the rack with the fewest machines of the project', () => {
    expect(winners(racks('1', '2'), placed('1[] 1[] 2[]'), [])).toEqual(['2']);
  });

  it('decides by number if tags tie', () => {
    expect(winners(racks('1', '2', '3'), placed('1[c] 2[c] 2[] 3[c,p]'), ['c', 'p'])).toEqual(['1']);
  });

  it('returns all racks that tie', () => {
    expect(winners(racks('1', '2', '3'), placed('1[c] 2[c] 3[c,p]'), ['c', 'p'])).toEqual(['1', '2']);
    expect(winners(racks('1', '2', '3'), placed('1[c] 2[c] 3[p]'), ['c', 'p'])).toEqual(['1', '2', '3']);
  });

  it('decides by tags if no rack is best in both', () => {
    expect(winners(racks('1', '2'), placed('1[c] 2[] 2[]'), ['c'])).toEqual(['2']);
  });

  it('gives each of five equal racks twenty of a hundred machines', () => {
    const placedSoFar: { rackId: string; tags: string[] }[] = [];
    for (let i = 0; i < 100; i++) {
      const [first] = spreadOverRacks(racks('1', '2', '3', '4', '5'), placedSoFar, []);
      placedSoFar.push({ rackId: first!.rackId, tags: [] });
    }
    for (const rack of ['1', '2', '3', '4', '5'])
      expect(placedSoFar.filter(({ rackId }) => rackId === rack)).toHaveLength(20);
  });

  it('takes the racks that are best in both, or else those with the fewest tags', () => {
    const rack = fc.constantFrom('1', '2', '3');
    const tags = fc.array(fc.constantFrom('c', 'p', 'x'), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(rack, { minLength: 1, maxLength: 6 }),
        fc.array(fc.record({ rackId: rack, tags }), { maxLength: 8 }),
        tags,
        (available, ofProject, wanted) => {
          const ids = [...new Set(available)];
          const number = (id: string) => ofProject.filter(({ rackId }) => rackId === id).length;
          const weight = (id: string) =>
            ofProject
              .filter(({ rackId }) => rackId === id)
              .flatMap((one) => [...new Set(one.tags)])
              .reduce((sum, tag) => sum + wanted.filter((other) => other === tag).length, 0);
          const best = (score: (id: string) => number) => ids.filter((id) => score(id) === Math.min(...ids.map(score)));
          const both = best(weight).filter((id) => best(number).includes(id));
          expect(winners(racks(...available), ofProject, wanted).sort()).toEqual(
            (both.length > 0 ? both : best(weight)).sort(),
          );
        },
      ),
      { numRuns: RUNS * 5 },
    );
  });
});
