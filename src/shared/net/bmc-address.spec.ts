import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBmcAddress, formatBmcAddress, isLocalHost } from './bmc-address.js';

describe('a BMC address', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1:623'],
    ['10.0.0.1:6230', '10.0.0.1:6230'],
    ['bmc-1.example:623', 'bmc-1.example:623'],
    ['BMC-1.Example', 'bmc-1.example:623'],
    ['localhost:1', 'localhost:1'],
    ['[2001:db8::1]:6230', '[2001:db8::1]:6230'],
    ['[2001:DB8:0::1]', '[2001:db8::1]:623'],
    ['2001:db8::1', '[2001:db8::1]:623'],
    ['fe80::1%eth0', '[fe80::1%eth0]:623'],
    ['[fe80::1%2]:623', '[fe80::1%2]:623'],
    ['[fe80::a%br-mgmt.100]:623', '[fe80::a%br-mgmt.100]:623'],
    ['::ffff:10.0.0.1', '10.0.0.1:623'],
    ['[::ffff:a00:1]:624', '10.0.0.1:624'],
    ['::1', '[::1]:623'],
  ])('reads %s', (text, expected) => {
    const address = parseBmcAddress(text);
    expect(address && formatBmcAddress(address)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '-H',
    '10.0.0.1:',
    '10.0.0.1:0',
    '10.0.0.1:70000',
    '10.0.0.1:623:1',
    '10.0.0.1/24',
    '10.0.0.256',
    '10.0.0',
    '1',
    'a b',
    'a;b',
    '$(x)',
    '[x]:1',
    '[10.0.0.1',
    '10.0.0.1]',
    '10.0.0.1%eth0',
    '2001:db8::1%eth0',
    'fe80::1%',
    'fe80::1%25eth0',
    '[fe80::1%25eth0]:623',
    '0x7f000001',
    '0X7F.0.0.1',
    'bmc.010',
    'bmc.0x',
    '127.1',
    'fe80::1%eth0 -v',
    'fe80::1%$(reboot)',
    `fe80::1%${'x'.repeat(16)}`,
    'bmc_1',
    '-bmc',
    'bmc-',
    'bmc..example',
    `${'a'.repeat(254)}`,
    'bmc\n.example',
    '0.0.0.0',
    '255.255.255.255',
    '239.1.1.1',
    '::',
    'ff02::1',
    'bmc@example',
    'http://10.0.0.1',
  ])('refuses "%s"', (text) => {
    expect(parseBmcAddress(text)).toBeUndefined();
  });

  it.each([
    '127.0.0.1',
    '127.255.0.9',
    '::ffff:127.0.0.1',
    '::1',
    '169.254.169.254',
    '169.254.0.17',
    'fe80::1',
    'febf::a9fe:a9fe%eth0',
    'LocalHost',
    'bmc.localhost',
  ])('%s is local to the host that connects', (text) => {
    expect(isLocalHost(parseBmcAddress(text)!.host)).toBe(true);
  });

  it.each(['10.0.0.1', '128.0.0.1', '169.253.0.1', 'fec0::1', 'fd00::1', '::2', 'localhost.example', 'notlocalhost'])(
    '%s is not local',
    (text) => expect(isLocalHost(parseBmcAddress(text)!.host)).toBe(false),
  );

  it('round-trips, and rejects almost all other texts', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.domain(), fc.stringMatching(/^[[\]0-9a-f:.%]*$/)),
        (text) => {
          const address = parseBmcAddress(text);
          if (!address) return;
          expect(address.host).toMatch(/^[a-z0-9][a-z0-9.:%A-Z_-]*$|^:[a-z0-9.:%]*$/);
          expect(parseBmcAddress(formatBmcAddress(address))).toEqual(address);
        },
      ),
    );
  });
});
