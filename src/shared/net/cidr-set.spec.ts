import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { addressBits } from './family.js';
import { CidrSet } from './cidr-set.js';
import { Ip } from './ip.js';
import { Prefix } from './prefix.js';

const texts = (prefixes: Iterable<Prefix>): string[] => [...prefixes].map(String);
const parse = (list: readonly string[]): Prefix[] => list.map((text) => Prefix.parse(text));

const small = fc
  .record({
    family: fc.constantFrom('IPv4' as const, 'IPv6' as const),
    low: fc.bigInt({ min: 0n, max: 63n }),
    host: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ family, low, host }) => Prefix.of(Ip.of(family, low), addressBits(family) - host).masked());
const lists = fc.array(small, { maxLength: 12 });

/** Naive model: a set of single addresses. */
const flatten = (prefixes: readonly Prefix[]): Set<string> =>
  new Set(
    prefixes.flatMap((p) =>
      Array.from({ length: Number(p.size) }, (_, i) => Ip.of(p.family, p.first + BigInt(i)).toString()),
    ),
  );

describe('CidrSet', () => {
  it('merges adjacent and covered prefixes into as few as possible, IPv4 first', () => {
    const list = [
      '10.0.1.0/24',
      '2001:db8::/65',
      '10.0.0.0/24',
      '10.0.0.17/32',
      '2001:db8:0:0:8000::/65',
      '10.0.2.0/24',
    ];
    expect(texts(CidrSet.of(parse(list)).prefixes())).toEqual(['10.0.0.0/23', '10.0.2.0/24', '2001:db8::/64']);
  });

  it('subtracts', () => {
    const rest = CidrSet.of(parse(['10.0.0.0/24'])).subtract(CidrSet.of(parse(['10.0.0.64/26', '10.0.0.255/32'])));
    expect(texts(rest.prefixes())).toEqual([
      '10.0.0.0/26',
      '10.0.0.128/26',
      '10.0.0.192/27',
      '10.0.0.224/28',
      '10.0.0.240/29',
      '10.0.0.248/30',
      '10.0.0.252/31',
      '10.0.0.254/32',
    ]);
  });

  it('covers whole families', () => {
    expect(texts(CidrSet.of(parse(['0.0.0.0/1', '128.0.0.0/1', '::/0'])).prefixes())).toEqual(['0.0.0.0/0', '::/0']);
  });

  it('agrees with a model of single addresses', () => {
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const [inA, inB] = [flatten(a), flatten(b)];
        expect(flatten(CidrSet.of(a).prefixes())).toEqual(inA);
        const rest = CidrSet.of(a).subtract(CidrSet.of(b));
        const expected = new Set([...inA].filter((ip) => !inB.has(ip)));
        expect(flatten(rest.prefixes())).toEqual(expected);
        for (const ip of inA) expect(rest.has(Ip.parse(ip))).toBe(expected.has(ip));
      }),
    );
  });

  it('is minimal, sorted, and the same for equal sets', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const result = CidrSet.of(list).prefixes();
        expect(texts([...result].sort((a, b) => Prefix.compare(a, b)))).toEqual(texts(result));
        expect(texts(CidrSet.of(result).prefixes())).toEqual(texts(result));
        // No two neighbours are halves of the same block; otherwise a shorter list would exist.
        for (const [i, p] of result.entries()) {
          const next = result[i + 1];
          if (!next || next.bits !== p.bits || next.family !== p.family) continue;
          expect(next.first === p.last + 1n && p.first % (p.size * 2n) === 0n).toBe(false);
        }
      }),
    );
  });
});
