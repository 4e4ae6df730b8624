import { describe, expect, it } from 'vitest';
import { spread } from './spread.js';

const racks = (...ids: string[]) => ids.map((rackId) => ({ rackId }));
/** `1[c,p]` is a machine in rack 1 with the tags c and p. */
const placed = (text: string) =>
  [...text.matchAll(/(\w+)\[([\w,]*)\]/g)].map(([, rackId, tags]) => ({
    rackId: rackId!,
    tags: tags!.split(',').filter(Boolean),
  }));
const winners = (...args: Parameters<typeof spread>) => [...new Set(spread(...args).map(({ rackId }) => rackId))];

// The examples of reference/10 §3.6.
describe('spread', () => {
  it('prefers the rack with fewest machines of the project', () => {
    expect(winners(racks('1', '2'), placed('1[] 1[] 2[]'), [])).toEqual(['2']);
  });

  it('lets the number decide where tags tie', () => {
    expect(winners(racks('1', '2', '3'), placed('1[c] 2[c] 2[] 3[c,p]'), ['c', 'p'])).toEqual(['1']);
  });

  it('returns all racks that tie', () => {
    expect(winners(racks('1', '2', '3'), placed('1[c] 2[c] 3[c,p]'), ['c', 'p'])).toEqual(['1', '2']);
    expect(winners(racks('1', '2', '3'), placed('1[c] 2[c] 3[p]'), ['c', 'p'])).toEqual(['1', '2', '3']);
  });

  it('lets tags win when no rack is best in both', () => {
    expect(winners(racks('1', '2'), placed('1[c] 2[] 2[]'), ['c'])).toEqual(['2']);
  });

  it('gives each of five equal racks twenty of a hundred machines', () => {
    const placedSoFar: { rackId: string; tags: string[] }[] = [];
    for (let i = 0; i < 100; i++) {
      const [first] = spread(racks('1', '2', '3', '4', '5'), placedSoFar, []);
      placedSoFar.push({ rackId: first!.rackId, tags: [] });
    }
    for (const rack of ['1', '2', '3', '4', '5'])
      expect(placedSoFar.filter(({ rackId }) => rackId === rack)).toHaveLength(20);
  });
});
