import { describe, expect, it } from 'vitest';
import { translatePort } from './port-names.js';

describe('translation of port names (docs/reference/switches.md#port-names)', () => {
  it.each([
    ['swp7s2', ['swp7s2'], 'Ethernet26'],
    ['swp1', ['swp1'], 'Ethernet0'],
    ['swp2', ['swp1', 'swp2'], 'Ethernet4'],
  ])('translates Cumulus %s with siblings %o to SONiC %s', (name, siblings, expected) => {
    expect(translatePort(name, siblings, 'Cumulus', 'SONiC')).toBe(expected);
  });

  it.each([
    ['Ethernet4', ['Ethernet4'], 'swp2'],
    ['Ethernet4', ['Ethernet4', 'Ethernet6'], 'swp2s0'],
    ['Ethernet6', ['Ethernet4', 'Ethernet6'], 'swp2s2'],
    ['Ethernet26', ['Ethernet26'], 'swp7s2'],
    ['Ethernet0', ['Ethernet0', 'eth0', 'Ethernet4'], 'swp1'],
  ])('translates SONiC %s with siblings %o to Cumulus %s', (name, siblings, expected) => {
    expect(translatePort(name, siblings, 'SONiC', 'Cumulus')).toBe(expected);
  });

  it('keeps any name between switches of the same kind', () => {
    expect(translatePort('eth0', ['eth0'], 'Cumulus', 'Cumulus')).toBe('eth0');
  });

  it.each(['swp0', 'swp-1', 'swp1s', 'Ethernet1', 'eth0', 'swp1s2s3', ''])('rejects "%s"', (name) => {
    expect(() => translatePort(name, [name], 'Cumulus', 'SONiC')).toThrow(`switch port "${name}"`);
  });
});
