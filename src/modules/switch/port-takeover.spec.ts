import { describe, expect, it } from 'vitest';
import { leaf, neighbor, port } from '../../../test/support/switches.js';
import { takeOverPorts, neighborReplacement } from './port-takeover.js';

const CUMULUS = { vendor: 'Cumulus', version: '5', metalCoreVersion: '' } as const;

describe('a switch that replaces another', () => {
  const model = leaf('leaf1', [], {
    os: CUMULUS,
    nics: [port('swp1', { vrf: 'vrf20', mac: 'aa:01' }), port('swp2', { mac: 'aa:02' })],
    connections: [{ machineId: 'm1', port: 'swp1' }],
  });

  it('takes over VRFs and machines port by port, regardless of the vendor', () => {
    const adopted = takeOverPorts(
      leaf('leaf9', ['Ethernet8', 'Ethernet4', 'Ethernet0', 'eth0'], { mode: undefined }),
      model,
    );
    expect(adopted).toMatchObject({ id: 'leaf9', mode: 'operational' });
    expect(adopted.nics.map(({ name, vrf }) => [name, vrf])).toEqual([
      ['Ethernet0', 'vrf20'],
      ['Ethernet4', undefined],
      ['Ethernet8', undefined],
      ['eth0', undefined],
    ]);
    expect(adopted.connections).toEqual([{ machineId: 'm1', port: 'Ethernet0' }]);
  });

  it('must have every port of the replaced switch', () => {
    expect(() => takeOverPorts(leaf('leaf9', ['Ethernet0']), model)).toThrow('lacks ports that "leaf1" has: swp2');
  });

  it('replaces the recorded neighbors of machines', () => {
    const replace = neighborReplacement(model, leaf('leaf9', ['Ethernet0', 'Ethernet4']));
    expect(replace(neighbor('leaf1', 'swp1'))).toEqual({
      hostname: 'leaf9',
      name: 'Ethernet0',
      identifier: 'Ethernet0',
      mac: '',
    });
    const other = neighbor('leaf2', 'swp1');
    expect(replace(other)).toBe(other);
  });

  it('is found by MAC address for machines that do not report the switch', () => {
    const replace = neighborReplacement(model, leaf('leaf9', ['Ethernet0', 'Ethernet4']));
    expect(replace({ ...neighbor('', '', 'aa:01'), name: 'swp1' })).toMatchObject({ name: 'Ethernet0' });
    // Identifiers are unique only within a switch: this may be a port of the other leaf.
    const unclear = neighbor('', 'swp1', 'bb:01');
    expect(replace(unclear)).toBe(unclear);
  });
});
