import fc from 'fast-check';

const NAMES = '.|..|../..|/|%|__proto__|constructor|toString|hasOwnProperty|true|0|-1|ON|private|é|漢字|metal:machine';
const ADDRESSES = '10.0.0.0/8|10.0.0.1|10.0.0.0/33|0.0.0.0/0|::/0|2001:db8::1|fe80::1%eth0|999.1.1.1|::ffff:1.2.3.4';
const VERSIONS = 'ubuntu-20.04|ubuntu-99999999999999999999.1|>= 1.0, < 2|*';
const DEVICES = 'aa:bb:cc:dd:ee:ff|00000000-0000-0000-0000-000000000001|Ethernet0|swp1s0';
const ATTACKS = "http://127.0.0.1:1/x|file:///etc/passwd|$(reboot)|'; drop table x; --|{{7*7}}";

const meaningful = [NAMES, ADDRESSES, VERSIONS, DEVICES, ATTACKS].flatMap((texts) => texts.split('|'));

/** Texts with a meaning in some context, and meaningless texts. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 10 }),
  fc.constantFrom(...meaningful, '', ' ', 'a'.repeat(300), '\u0000', '\ud800'),
);

/** Times in the formats that clients send, and texts that are not times. */
export const oddTime: fc.Arbitrary<string> = fc.constantFrom(
  ...['0001-01-01T00:00:00Z', '2026-01-02T03:04:05Z', '9999-12-31T23:59:59Z', 'yesterday', ''],
);

/** Numbers around the limits of the integer types. */
export const oddNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.nat(64),
  fc.constantFrom(0, -1, 255, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, -(2 ** 63), 1.5, 1e300),
);
