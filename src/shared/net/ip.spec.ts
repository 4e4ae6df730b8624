import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import '../../../test/support/property-seed.js';
import { Ip, unmappedText } from './ip.js';

const v4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => Ip.of('IPv4', value));
const v6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => Ip.of('IPv6', value));
/** IPv6 addresses with many zero fields, where compression matters. */
const sparse = fc
  .array(fc.constantFrom<bigint>(0n, 0n, 0n, 1n, 0xabcdn), { minLength: 8, maxLength: 8 })
  .map((fields) =>
    Ip.of(
      'IPv6',
      fields.reduce((value, field) => (value << 16n) | field, 0n),
    ),
  );

describe('Ip', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::ffff:10.1.2.3', '::ffff:10.1.2.3'],
    ['::ffff:0a01:0203', '::ffff:10.1.2.3'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('reads %s as %s', (text, canonical) => {
    expect(Ip.parse(text).toString()).toBe(canonical);
  });

  it.each([
    '',
    ' ',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '1.2.3.-4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.0x4',
    '1..2.3',
    '1.2.3.4/24',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1::',
    '12345::',
    'fe80::1%eth0',
    'g::',
    '1.2.3.4::',
    '::1.2.3',
    '::01.2.3.4',
    '1:2:3:4:5:6:7:1.2.3.4',
    ':1',
    '1:',
    '[::1]',
    '::1 ',
  ])('refuses %j', (text) => {
    expect(Ip.tryParse(text)).toBeUndefined();
    expect(() => Ip.parse(text)).toThrow('is not an IP address');
  });

  it('round-trips through its canonical text', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6, sparse), (ip) => {
        const text = ip.toString();
        expect(Ip.parse(text).equals(ip)).toBe(true);
        expect(ip.family === 'IPv4' ? isIPv4(text) : isIPv6(text)).toBe(true);
        expect(text).toBe(text.toLowerCase());
      }),
    );
  });

  it('accepts only texts that Node.js accepts', () => {
    const pieces = fc.constantFrom('0', '1', '00', 'ff', '255', '256', ':', '::', '.', '%', 'abcd', 'fffff', '');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 18 }), (parts) => {
        const text = parts.join('');
        if (Ip.tryParse(text)) expect(isIPv4(text) || isIPv6(text)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('orders IPv4 before IPv6, then by number', () => {
    const sorted = ['::1', '10.0.0.10', '10.0.0.9', '::']
      .map((text) => Ip.parse(text))
      .sort((a, b) => Ip.compare(a, b));
    expect(sorted.map(String)).toEqual(['10.0.0.9', '10.0.0.10', '::', '::1']);
  });

  it('rejects numbers outside the range of the family', () => {
    expect(() => Ip.of('IPv4', 2n ** 32n)).toThrow(RangeError);
    expect(() => Ip.of('IPv6', -1n)).toThrow(RangeError);
  });
});

describe('an IPv4 address mapped into IPv6', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:0a00:0001', '10.0.0.1'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['0000:0000:0000:0000:0000:ffff:ffff:ffff', '255.255.255.255'],
    ['::ffff:0:0', '0.0.0.0'],
  ])('%s is read as %s', (text, plain) => {
    expect(Ip.tryParseUnmapped(text)?.toString()).toBe(plain);
    expect(Ip.tryParseUnmapped(text)?.family).toBe('IPv4');
    expect(unmappedText(text)).toBe(plain);
  });

  it.each([
    '10.0.0.1',
    '2001:db8::1',
    '::1',
    '::',
    '::10.0.0.1',
    '64:ff9b::10.0.0.1',
    '::fffe:10.0.0.1',
    '::1:ffff:a00:1',
  ])('%s is not an address', (text) => {
    expect(Ip.tryParseUnmapped(text)?.toString()).toBe(Ip.tryParse(text)?.toString());
    expect(Ip.tryParse(text)?.isMapped).toBe(false);
  });

  it.each(['', 'x', '2001:DB8::1', 'ntp.example.org', '::ffff:10.0.0.1%eth0', '::ffff:10.0.0.256'])(
    'does not change the text %j',
    (text) => expect(unmappedText(text)).toBe(text),
  );
});
