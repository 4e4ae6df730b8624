import { describe, expect, it } from 'vitest';
import { bmcTarget } from './bmc-target.js';

describe('bmcTarget', () => {
  const ipmi = { address: '10.0.0.1:623', user: 'u', password: 'p', interface: '' };

  it('defaults to IPMI 2.0, whatever interface the command requests', () => {
    expect(bmcTarget(ipmi)).toMatchObject({ user: 'u', password: 'p', interface: 'lanplus', diskDevice: 0x08 });
    for (const asked of ['lan', 'LAN', 'open', 'open; rm', 'imb', 'usb', 'serial-basic', 7, null]) {
      expect(bmcTarget({ ...ipmi, interface: asked }).interface).toBe('lanplus');
    }
  });

  it('uses IPMI 1.5 if the command requests it and the agent allows it', () => {
    expect(bmcTarget({ ...ipmi, interface: 'lan' }, { allowIpmi15: true }).interface).toBe('lan');
    for (const asked of ['lanplus', '', 'open', 'LAN']) {
      expect(bmcTarget({ ...ipmi, interface: asked }, { allowIpmi15: true }).interface).toBe('lanplus');
    }
  });

  it('rejects a missing user, and credentials beyond any reason', () => {
    expect(bmcTarget({ ...ipmi, user: 'u'.repeat(256), password: 'p'.repeat(256) }).user).toHaveLength(256);
    expect(() => bmcTarget({ ...ipmi, user: '' })).toThrow('no BMC user');
    expect(() => bmcTarget({ ...ipmi, user: 'u'.repeat(257) })).toThrow('at most 256 characters');
    const long = 'very-secret-'.repeat(30);
    expect(() => bmcTarget({ ...ipmi, password: long })).toThrow('at most 256 characters');
    expect(() => bmcTarget({ ...ipmi, password: long })).not.toThrow('very-secret');
  });

  it.each(['', '10.0.0.1:0', 'a b', '10.0.0.1;reboot', '239.0.0.1'])('rejects address "%s"', (address) => {
    expect(() => bmcTarget({ ...ipmi, address })).toThrow(/not valid, expected host:port/);
  });

  it.each([{ board_mfg: 'Supermicro' }, { product_manufacturer: 'NOVARION' }])(
    'selects disk device 0x24 for FRU %j',
    (fru) => {
      expect(bmcTarget({ ...ipmi, fru }).diskDevice).toBe(0x24);
    },
  );
});
