import { describe, expect, it } from 'vitest';
import type { MachineNetwork, MachineNetworkType } from '../network/machine-networks.js';
import { portFilter } from './port-filter.js';

const network = (networkId: string, type: MachineNetworkType, more: Partial<MachineNetwork> = {}): MachineNetwork => ({
  networkId,
  type,
  prefixes: [],
  ips: [],
  destinationPrefixes: [],
  vrf: 0,
  asn: 4200000001,
  nat: false,
  projectId: 'p',
  networkType: 'child',
  natType: 'none',
  ...more,
});

const announcements = (additional: string[], ips: string[]) => ({
  additionalCidrs: (id: string) => (id === 'private' ? additional : []),
  projectIps: (project: string) => (project === 'p' ? ips : []),
});

describe('the filter of a port (docs/reference/switches.md#bgp-filter)', () => {
  const networks = [
    network('private', 'privateprimaryunshared', { prefixes: ['10.0.16.0/22'], vrf: 30 }),
    network('internet', 'external', { prefixes: ['1.2.3.0/24'], ips: ['1.2.3.4'], vrf: 104009 }),
    network('underlay', 'underlay', { prefixes: ['10.1.0.0/24'], ips: ['10.1.0.9', 'fd00::9'] }),
  ];

  it('lets an installed firewall announce its underlay addresses in all its VRFs', () => {
    const use = { role: 'firewall', project: 'p', networks } as const;
    expect(portFilter('default', use, announcements([], []))).toEqual({
      vnis: ['104009', '30'],
      cidrs: ['10.1.0.9/32', 'fd00::9/128'],
    });
    expect(portFilter(undefined, use, announcements([], []))).toEqual({ vnis: [], cidrs: [] });
  });

  it('lets a machine announce its network, the addresses of its project and what the partition allows', () => {
    const use = { role: 'machine', project: 'p', networks } as const;
    const ips = ['10.0.17.1', '10.1.0.77', '1.2.3.4', '1.2.3.5', '2001:db8::1', 'broken'];
    expect(portFilter('vrf30', use, announcements(['10.240.0.0/12'], ips))).toEqual({
      vnis: [],
      cidrs: ['1.2.3.4/31', '10.0.16.0/22', '10.240.0.0/12', '2001:db8::1/128'],
    });
  });

  it('lets a machine without private network announce nothing', () => {
    const use = { role: 'machine', project: 'p', networks: [] } as const;
    expect(portFilter(undefined, use, announcements([], ['1.2.3.4']))).toEqual({ vnis: [], cidrs: [] });
  });
});
