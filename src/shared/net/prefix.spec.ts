import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { addressBits, parseAddressFamily } from './family.js';
import { Ip } from './ip.js';
import { Prefix } from './prefix.js';

/** Prefixes that are close together, so that overlaps occur. */
const nearby = fc
  .record({
    family: fc.constantFrom('IPv4' as const, 'IPv6' as const),
    low: fc.bigInt({ min: 0n, max: 255n }),
    host: fc.integer({ min: 0, max: 8 }),
  })
  .map(({ family, low, host }) => Prefix.of(Ip.of(family, (5n << 8n) | low), addressBits(family) - host));

const addresses = (prefix: Prefix): string[] =>
  Array.from({ length: Number(prefix.size) }, (_, i) => Ip.of(prefix.family, prefix.first + BigInt(i)).toString());

describe('Prefix', () => {
  it.each([
    ['10.0.0.1/24', '10.0.0.1/24', '10.0.0.0/24', true],
    ['10.0.0.0/24', '10.0.0.0/24', '10.0.0.0/24', false],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0/0', false],
    ['2001:0db8::/64', '2001:db8::/64', '2001:db8::/64', false],
    ['2001:db8::1/64', '2001:db8::1/64', '2001:db8::/64', true],
    ['::1/128', '::1/128', '::1/128', false],
  ])('reads %s', (text, canonical, masked, hostBits) => {
    const prefix = Prefix.parse(text);
    expect([prefix.toString(), prefix.masked().toString(), prefix.hostBitsSet]).toEqual([canonical, masked, hostBits]);
  });

  it.each([
    '',
    '/',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/024',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/ 8',
    '::/129',
    'fe80::%eth0/64',
    '10.0.0.0/8/8',
    'x/8',
    '10.0.0.0/8.0',
  ])('refuses %j', (text) => {
    expect(Prefix.tryParse(text)).toBeUndefined();
    expect(() => Prefix.parse(text)).toThrow('is not a prefix');
  });

  it('contains and overlaps in agreement with sets of addresses', () => {
    fc.assert(
      fc.property(nearby, nearby, (a, b) => {
        const [inA, inB] = [new Set(addresses(a)), addresses(b)];
        expect(a.overlaps(b)).toBe(inB.some((ip) => inA.has(ip)));
        expect(a.containsPrefix(b)).toBe(inB.every((ip) => inA.has(ip)));
        expect(inB.every((text) => b.contains(Ip.parse(text)))).toBe(true);
        expect(a.last - a.first + 1n).toBe(a.size);
      }),
    );
  });

  it('never mixes families', () => {
    expect(Prefix.parse('0.0.0.0/0').contains(Ip.parse('::1'))).toBe(false);
    expect(Prefix.parse('::/0').overlaps(Prefix.parse('10.0.0.0/8'))).toBe(false);
    expect(Prefix.parse('::/0').contains(Ip.parse('::ffff:10.0.0.1'))).toBe(true);
  });

  it('rejects lengths outside the range of the family', () => {
    expect(() => Prefix.of(Ip.parse('10.0.0.0'), 33)).toThrow(RangeError);
    expect(() => Prefix.of(Ip.parse('10.0.0.0'), 1.5)).toThrow(RangeError);
  });
});

describe('parseAddressFamily', () => {
  it('ignores letter case', () => {
    expect([parseAddressFamily('ipv4'), parseAddressFamily('IPv6'), parseAddressFamily('ip')]).toEqual([
      'IPv4',
      'IPv6',
      undefined,
    ]);
  });
});

describe('a prefix from a client', () => {
  it.each(['10.0.0.0/8', '10.0.0.1/8', '0.0.0.0/0', '::/0', '2001:db8::/48', '::fffe:0:0/96', '64:ff9b::/96', '::/96'])(
    'may be %s',
    (text) => expect(Prefix.problem(text)).toBeUndefined(),
  );

  it.each([
    ['::ffff:10.0.0.0/104', 'expected 10.0.0.0/8'],
    ['::ffff:0:0/96', 'expected 0.0.0.0/0'],
    ['::FFFF:c000:0201/128', 'expected 192.0.2.1/32'],
    ['0:0:0:0:0:ffff:a01:203/120', 'expected 10.1.2.3/24'],
    ['::ffff:10.0.0.0/64', 'expected the IPv4 prefix'],
    ['::ffff:10.0.0.0/129', 'is not a prefix'],
    ['10.0.0.0', 'is not a prefix'],
    ['a\u001b[2J/8', '"a\\u001b[2J/8" is not a prefix'],
    ['', '"" is not a prefix'],
  ])('cannot be %j', (text, problem) => expect(Prefix.problem(text)).toContain(problem));
});
