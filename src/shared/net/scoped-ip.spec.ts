import { describe, expect, it } from 'vitest';
import { tryParseScoped } from './scoped-ip.js';

describe('an address with a zone', () => {
  it.each([
    ['fe80::1%eth0', 'eth0'],
    ['FE80::a%br-mgmt.100', 'br-mgmt.100'],
    ['febf::1%2', '2'],
    ['fe80::1%25', '25'],
    ['fe80::1%254', '254'],
    ['fe80::1', undefined],
    ['192.0.2.1', undefined],
    ['2001:db8::1', undefined],
  ])('reads %s', (text, zone) => expect(tryParseScoped(text)?.zone).toBe(zone));

  it.each([
    'fe80::1%25eth0',
    'fe80::1%25br0',
    'fe80::1%252x',
    'fe80::1%25.1',
    'fe80::1%25-',
    'fe80::1%25%25eth0',
    'fe80::1%eth0%25',
    'fe80::1%',
    'fe80::1%eth0 ',
    'fe80::1%eth/0',
    '%eth0',
    '2001:db8::1%eth0',
    'fec0::1%eth0',
    '169.254.0.1%eth0',
    'fe80::1::%eth0',
  ])('refuses %j', (text) => expect(tryParseScoped(text)).toBeUndefined());
});
