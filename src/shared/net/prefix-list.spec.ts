import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RUNS, SEED } from '../../../test/support/property-seed.js';
import { CidrSet } from './cidr-set.js';
import { addressBits } from './family.js';
import { Ip } from './ip.js';
import { PrefixList } from './prefix-list.js';
import { Prefix } from './prefix.js';

/** At both ends of each family, where ranges have no neighbor. */
const prefix = fc
  .record({
    family: fc.constantFrom('IPv4' as const, 'IPv4' as const, 'IPv6' as const),
    low: fc.bigInt({ min: 0n, max: 63n }),
    isHigh: fc.boolean(),
    host: fc.constantFrom(0, 0, 0, 1, 3),
  })
  .map(({ family, low, isHigh, host }) => {
    const width = addressBits(family);
    return Prefix.of(Ip.of(family, isHigh ? (1n << BigInt(width)) - 1n - low : low), width - host).masked();
  });
const prefixes = fc.array(prefix, { maxLength: 8 });
const texts = (set: CidrSet): string[] => set.prefixes().map(String).sort();

it(`a changed list is the one that is made anew, after every change (seed ${SEED})`, () => {
  fc.assert(
    fc.property(prefixes, fc.array(fc.tuple(prefixes, prefixes), { maxLength: 20 }), (begin, changes) => {
      let list = PrefixList.of(begin);
      let model = CidrSet.of(begin);
      for (const [removed, added] of changes.map(([one, other]) => [CidrSet.of(one), CidrSet.of(other)] as const)) {
        const before = [...list.texts];
        const next = list.changed(removed, added);
        expect(list.texts).toEqual(before);
        list = next;
        model = model.subtract(removed).union(added);
        expect(list.texts).toEqual(texts(model));
        expect(list.isEmpty).toBe(texts(model).length === 0);
      }
    }),
    { numRuns: 5 * RUNS },
  );
});

it('a list of single addresses has as few prefixes as possible, in the order of texts', () => {
  const hosts = ['10.0.0.9', '10.0.0.10', '10.0.0.11', '9.0.0.1', '2001:db8::1'];
  const list = PrefixList.of(hosts.map((text) => Prefix.of(Ip.parse(text), text.includes(':') ? 128 : 32)));
  expect(list.texts).toEqual(['10.0.0.10/31', '10.0.0.9/32', '2001:db8::1/128', '9.0.0.1/32']);
  const grown = list.changed(CidrSet.of([]), CidrSet.of([Prefix.parse('10.0.0.8/32')]));
  expect(grown.texts).toEqual(['10.0.0.8/30', '2001:db8::1/128', '9.0.0.1/32']);
});
