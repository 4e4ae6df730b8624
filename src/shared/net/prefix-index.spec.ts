import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prefix } from './prefix.js';
import { firstOverlap, firstOverlapping, PrefixIndex } from './prefix-index.js';

const v4 = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 26, max: 32 }))
  .map(([host, bits]) => Prefix.parse(`10.0.0.${host * 4}/${bits}`).masked());
const v6 = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 120, max: 128 }))
  .map(([host, bits]) => Prefix.parse(`2001:db8::${(host * 4).toString(16)}/${bits}`).masked());
const prefixes = fc.array(fc.oneof(v4, v6), { maxLength: 8 });
const texts = (found: readonly Prefix[] | undefined): string[] | undefined => found?.map(String);

describe('PrefixIndex', () => {
  it('finds all prefixes that contain a prefix', () =>
    fc.assert(
      fc.property(prefixes, fc.oneof(v4, v6), (all, one) => {
        const index = new PrefixIndex<string>();
        for (const prefix of all) index.add(prefix, prefix.toString());
        const expected = new Set(all.filter((prefix) => prefix.containsPrefix(one)).map(String));
        expect(new Set(index.containing(one))).toEqual(expected);
      }),
    ));

  it('finds the first overlap within a list', () =>
    fc.assert(
      fc.property(prefixes, (all) => {
        const later = all.find((prefix, at) => all.slice(0, at).some((earlier) => earlier.overlaps(prefix)));
        const at =
          later && all.findIndex((prefix, place) => place > 0 && all.slice(0, place).some((p) => p.overlaps(prefix)));
        const earlier = at === undefined ? undefined : all.slice(0, at).find((prefix) => prefix.overlaps(all[at]!));
        expect(texts(firstOverlap(all))).toEqual(texts(later && earlier && [earlier, later]));
      }),
    ));

  it('finds the first prefix of a list that overlaps another list', () =>
    fc.assert(
      fc.property(prefixes, prefixes, (wanted, taken) => {
        const expected = wanted.findIndex((prefix) => taken.some((other) => other.overlaps(prefix)));
        expect(firstOverlapping(wanted, taken) ?? -1).toBe(expected);
      }),
    ));
});
