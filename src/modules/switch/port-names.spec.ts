import { describe, expect, it } from 'vitest';
import { translatePort } from './port-names.js';

describe('translation of port names (reference/30 §7.8)', () => {
  it.each([
    ['swp7s2', ['swp7s2'], 'Ethernet26'],
    ['swp1', ['swp1'], 'Ethernet0'],
    ['swp2', ['swp1', 'swp2'], 'Ethernet4'],
  ])('Cumulus %s beside %o is SONiC %s', (name, siblings, expected) => {
    expect(translatePort(name, siblings, 'Cumulus', 'SONiC')).toBe(expected);
  });

  it.each([
    ['Ethernet4', ['Ethernet4'], 'swp2'],
    ['Ethernet4', ['Ethernet4', 'Ethernet6'], 'swp2s0'],
    ['Ethernet6', ['Ethernet4', 'Ethernet6'], 'swp2s2'],
    ['Ethernet26', ['Ethernet26'], 'swp7s2'],
    ['Ethernet0', ['Ethernet0', 'eth0', 'Ethernet4'], 'swp1'],
  ])('SONiC %s beside %o is Cumulus %s', (name, siblings, expected) => {
    expect(translatePort(name, siblings, 'SONiC', 'Cumulus')).toBe(expected);
  });

  it('keeps any name between switches of one kind', () => {
    expect(translatePort('eth0', ['eth0'], 'Cumulus', 'Cumulus')).toBe('eth0');
  });

  it.each(['swp0', 'swp-1', 'swp1s', 'Ethernet1', 'eth0', 'swp1s2s3', ''])('refuses "%s"', (name) => {
    expect(() => translatePort(name, [name], 'Cumulus', 'SONiC')).toThrow(`switch port "${name}"`);
  });
});
