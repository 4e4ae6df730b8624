import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedPortFilter } from '../../../test/support/expected-port-filter.js';
import { RUNS, SEED } from '../../../test/support/property-seed.js';
import { addressBits } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import { PrefixList } from '../../shared/net/prefix-list.js';
import { Prefix } from '../../shared/net/prefix.js';
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
  projectAddresses: (project: string) => (project === 'p' ? PrefixList.of(ips.map(host)) : PrefixList.EMPTY),
});

const host = (text: string): Prefix => {
  const ip = Ip.parse(text);
  return Prefix.of(ip, addressBits(ip.family));
};

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
    const ips = ['10.0.17.1', '10.1.0.77', '1.2.3.4', '1.2.3.5', '2001:db8::1'];
    expect(portFilter('vrf30', use, announcements(['10.240.0.0/12'], ips))).toEqual({
      vnis: [],
      cidrs: ['1.2.3.4/31', '10.0.16.0/22', '10.240.0.0/12', '2001:db8::1/128'],
    });
  });

  it(`of a machine is the one made of all addresses, whatever its networks and addresses (seed ${SEED})`, () => {
    const address = fc.integer({ min: 0, max: 600 }).map((number) => `10.0.${number >> 8}.${number & 255}`);
    const cidr = fc
      .tuple(address, fc.integer({ min: 24, max: 32 }))
      .map(([ip, bits]) => Prefix.of(Ip.parse(ip), bits).masked().toString());
    const prefixes = fc.array(fc.oneof(cidr, fc.constant('broken')), { maxLength: 3 });
    const type = fc.constantFrom<MachineNetworkType>(
      'privateprimaryunshared',
      'privatesecondaryshared',
      'underlay',
      'external',
    );
    const networks = fc.array(
      fc.tuple(type, prefixes).map(([one, of]) => network('private', one, { prefixes: of })),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(networks, prefixes, fc.uniqueArray(address, { maxLength: 40 }), (all, additional, ips) => {
        const use = { role: 'machine', project: 'p', networks: all } as const;
        const expected = expectedPortFilter('vrf1', use, { additionalCidrs: () => additional, projectIps: () => ips });
        expect(portFilter('vrf1', use, announcements(additional, ips))).toEqual(expected);
      }),
      { numRuns: 5 * RUNS },
    );
  });

  it('lets a machine without private network announce nothing', () => {
    const use = { role: 'machine', project: 'p', networks: [] } as const;
    expect(portFilter(undefined, use, announcements([], ['1.2.3.4']))).toEqual({ vnis: [], cidrs: [] });
  });
});
