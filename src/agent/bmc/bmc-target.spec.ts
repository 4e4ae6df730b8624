import { describe, expect, it } from 'vitest';
import { bmcAddress, bmcTarget } from './bmc-target.js';

describe('bmcAddress', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1', 623],
    ['10.0.0.1:6230', '10.0.0.1', 6230],
    ['bmc-1.example:623', 'bmc-1.example', 623],
    ['[2001:db8::1]:6230', '2001:db8::1', 6230],
    ['[2001:db8::1]', '2001:db8::1', 623],
    ['2001:db8::1', '2001:db8::1', 623],
  ])('reads %s', (address, host, port) => {
    expect(bmcAddress(address)).toEqual({ host, port });
  });

  it.each(['', '-H', '10.0.0.1:', '10.0.0.1:0', '10.0.0.1:70000', 'a b', 'a;b', '$(x)', '[x]:1'])(
    'refuses "%s"',
    (address) => {
      expect(() => bmcAddress(address)).toThrow(/not valid/);
    },
  );
});

describe('bmcTarget', () => {
  const ipmi = { address: '10.0.0.1:623', user: 'u', password: 'p', interface: '' };

  it('takes lanplus where nothing else is said', () => {
    expect(bmcTarget(ipmi)).toMatchObject({ user: 'u', password: 'p', interface: 'lanplus', diskDevice: 0x08 });
    expect(bmcTarget({ ...ipmi, interface: 'lan' }).interface).toBe('lan');
    expect(bmcTarget({ ...ipmi, interface: 'open; rm' }).interface).toBe('lanplus');
  });

  it.each([{ board_mfg: 'Supermicro' }, { product_manufacturer: 'NOVARION' }])(
    'knows whose disk is 0x24: %j',
    (fru) => {
      expect(bmcTarget({ ...ipmi, fru }).diskDevice).toBe(0x24);
    },
  );
});
