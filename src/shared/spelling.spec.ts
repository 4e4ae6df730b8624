import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalMac, canonicalUuid } from './spelling.js';

describe('canonicalUuid', () => {
  const uuid = '4c4c4544-0042-4b10-8057-b2c04f503233';

  it.each([
    uuid,
    '4C4C4544-0042-4B10-8057-B2C04F503233',
    '4c4c4544-0042-4B10-8057-b2C04f503233',
    '4C4C454400424B108057B2C04F503233',
    '{4C4C4544-0042-4B10-8057-B2C04F503233}',
    'urn:uuid:4c4c4544-0042-4b10-8057-b2c04f503233',
    'URN:UUID:4C4C4544-0042-4B10-8057-B2C04F503233',
  ])('reads %s', (text) => expect(canonicalUuid(text)).toBe(uuid));

  it.each(['', 'Machine-1', 'ABCDEF', '4C4C4544-0042-4B10-8057', 'G'.repeat(32), ` ${uuid.toUpperCase()}`])(
    'does not change %j',
    (text) => expect(canonicalUuid(text)).toBe(text),
  );
});

describe('canonicalMac', () => {
  it.each([
    ['AA:BB:CC:DD:EE:FF', 'aa:bb:cc:dd:ee:ff'],
    ['aa-bb-cc-dd-ee-ff', 'aa:bb:cc:dd:ee:ff'],
    ['AABB.CCDD.EEFF', 'aa:bb:cc:dd:ee:ff'],
    ['AABBCCDDEEFF', 'aa:bb:cc:dd:ee:ff'],
    ['02:00:5E:10:00:00:00:01', '02:00:5e:10:00:00:00:01'],
    ['0200.5E10.0000.0001', '02:00:5e:10:00:00:00:01'],
  ])('reads %s', (text, mac) => expect(canonicalMac(text)).toBe(mac));

  it.each([
    ...['', 'Ethernet0', 'swp1s0', 'Eth1/1(Port1)', 'AA:BB-CC:DD-EE:FF', 'AA:BB:CC:DD:EE', 'AA:BB:CC:DD:EE:FF:00'],
    ...['aa:leaf01', 'A:B:C:D:E:F', 'AABB.CCDD', 'DEADBEEF', 'AA:BB:CC:DD:EE:GG', 'AA'.repeat(1000)],
  ])('leaves %j alone', (text) => expect(canonicalMac(text)).toBe(text));

  it('is idempotent', () => {
    const octets = fc.array(fc.nat(255), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(octets, fc.constantFrom(':', '-', '.', ''), fc.boolean(), (bytes, separator, upper) => {
        const text = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(separator);
        const once = canonicalMac(upper ? text.toUpperCase() : text);
        expect(canonicalMac(once)).toBe(once);
      }),
    );
  });
});
