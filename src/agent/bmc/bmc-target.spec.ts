import { describe, expect, it } from 'vitest';
import { bmcTarget } from './bmc-target.js';

describe('bmcTarget', () => {
  const ipmi = { address: '10.0.0.1:623', user: 'u', password: 'p', interface: '' };

  it('speaks IPMI 2.0, whatever the command says', () => {
    expect(bmcTarget(ipmi)).toMatchObject({ user: 'u', password: 'p', interface: 'lanplus', diskDevice: 0x08 });
    for (const asked of ['lan', 'LAN', 'open', 'open; rm', 'imb', 'usb', 'serial-basic', 7, null]) {
      expect(bmcTarget({ ...ipmi, interface: asked }).interface).toBe('lanplus');
    }
  });

  it('speaks IPMI 1.5 where the command asks for it and the agent may', () => {
    expect(bmcTarget({ ...ipmi, interface: 'lan' }, { allowIpmi15: true }).interface).toBe('lan');
    for (const asked of ['lanplus', '', 'open', 'LAN']) {
      expect(bmcTarget({ ...ipmi, interface: asked }, { allowIpmi15: true }).interface).toBe('lanplus');
    }
  });

  it('takes credentials only as long as IPMI has room for them', () => {
    expect(bmcTarget({ ...ipmi, user: 'u'.repeat(16), password: 'p'.repeat(20) }).user).toHaveLength(16);
    expect(() => bmcTarget({ ...ipmi, user: 'u'.repeat(17) })).toThrow('user has 17 bytes, IPMI takes at most 16');
    expect(() => bmcTarget({ ...ipmi, user: 'ü'.repeat(9) })).toThrow('user has 18 bytes');
    expect(() => bmcTarget({ ...ipmi, user: '' })).toThrow('no user');
    const long = 'very-secret-very-secret';
    expect(() => bmcTarget({ ...ipmi, password: long })).toThrow('password has 23 bytes, IPMI takes at most 20');
    expect(() => bmcTarget({ ...ipmi, password: long })).not.toThrow(long);
  });

  it.each(['', '10.0.0.1:0', 'a b', '10.0.0.1;reboot', '239.0.0.1'])('refuses address "%s"', (address) => {
    expect(() => bmcTarget({ ...ipmi, address })).toThrow(/not valid, expected host:port/);
  });

  it.each([{ board_mfg: 'Supermicro' }, { product_manufacturer: 'NOVARION' }])(
    'knows whose disk is 0x24: %j',
    (fru) => {
      expect(bmcTarget({ ...ipmi, fru }).diskDevice).toBe(0x24);
    },
  );
});
