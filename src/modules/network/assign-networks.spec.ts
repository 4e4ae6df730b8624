import { beforeAll, describe, expect, it } from 'vitest';
import { acceptanceNetworks, networkServices, type NetworkServices } from '../../../test/support/networks.js';
import { isDomainError } from '../../shared/errors/domain-error.js';
import { machineNetwork } from './machine-networks.js';
import { checkNetworkRequest, type NetworkRequest } from './assign-networks.js';

type Name = keyof Awaited<ReturnType<typeof acceptanceNetworks>>;

let s: NetworkServices;
let networks: Awaited<ReturnType<typeof acceptanceNetworks>>;
/** Existing addresses: of project A in NA, ST and INET, of STOR in ST. */
let ips: Record<'aInNa' | 'aInSt' | 'aInInet' | 'storInSt', string>;

beforeAll(async () => {
  s = networkServices();
  networks = await acceptanceNetworks(s);
  const ip = async (network: Name, projectId: string) =>
    (await s.ips.allocate({ networkId: networks[network].id, projectId, type: 'static' })).id;
  ips = {
    aInNa: await ip('na', 'a'),
    aInSt: await ip('st', 'a'),
    aInInet: await ip('inet', 'a'),
    storInSt: await ip('st', 'stor'),
  };
});

type Wish = Name | `${Name}!`;

/** Networks by name, `!` for autoacquire=false. */
function request(role: 'machine' | 'firewall', projectId: string, wishes: readonly Wish[], given: string[] = []) {
  const list = wishes.map((wish) => ({
    networkId: networks[wish.replace('!', '') as Name].id,
    autoAcquire: !wish.endsWith('!'),
  }));
  return { role, projectId, networks: list, ips: given } satisfies Omit<NetworkRequest, 'partitionId'>;
}

/** `name:type`, with the given addresses, or `-` if none is acquired automatically; or the kind of the error. */
function outcome(...args: Parameters<typeof request>): string[] | string {
  const nameOf = (id: string) => Object.entries(networks).find(([, network]) => network.id === id)?.[0];
  try {
    const asked = request(...args);
    checkNetworkRequest(asked);
    return s.networks
      .assignNetworks(asked, 'p1')
      .map(({ network, type, auto, ips: own }) => `${nameOf(network.id)}:${type}${auto ? '' : `:${own.join()}`}`);
  } catch (error) {
    return isDomainError(error) ? error.kind : String(error);
  }
}

describe('networks of a machine', () => {
  it.each<[string, string, Wish[], string[] | string]>([
    ['10', 'stor', ['st'], ['st:privateprimaryshared']],
    ['13', 'a', ['st'], 'invalid'],
    ['14', 'a', ['na', 'st'], 'invalid'],
    ['15', 'stor', ['st', 'st2'], 'invalid'],
    ['16', 'a', ['na', 'nb'], 'invalid'],
    ['17', 'a', ['inet'], 'invalid'],
    ['17', 'a', [], 'invalid'],
    ['18', 'a', ['inet', 'na'], ['na:privateprimaryunshared', 'inet:external']],
    ['19', 'a', ['na', 'na'], 'invalid'],
    ['19', 'a', ['s1'], 'invalid'],
    ['19', 'a', ['na', 'u1'], 'invalid'],
    ['12', 'stor', ['st!'], 'invalid'],
    ['foreign unshared', 'b', ['na'], 'invalid'],
    ['other partition', 'stor', ['x2'], 'invalid'],
  ])('scenario %s: %s with %j', (_, project, wishes, expected) => {
    expect(outcome('machine', project, wishes)).toEqual(expected);
  });

  it('scenario 11: exactly the given address, with or without autoacquire', () => {
    const expected = [`st:privateprimaryshared:${ips.storInSt}`];
    expect(outcome('machine', 'stor', ['st!'], [ips.storInSt])).toEqual(expected);
    expect(outcome('machine', 'stor', ['st'], [ips.storInSt])).toEqual(expected);
  });
});

describe('networks of a firewall', () => {
  it.each<[string, string, Wish[], string[] | string]>([
    [
      '20',
      'a',
      ['inet', 'st', 'na'],
      ['na:privateprimaryunshared', 'st:privatesecondaryshared', 'inet:external', 'u1:underlay'],
    ],
    [
      '22',
      'a',
      ['na', 'inet', 'st', 'st2'],
      [
        'na:privateprimaryunshared',
        'st:privatesecondaryshared',
        'st2:privatesecondaryshared',
        'inet:external',
        'u1:underlay',
      ],
    ],
    ['23', 'stor', ['st', 'inet'], ['st:privateprimaryshared', 'inet:external', 'u1:underlay']],
    ['24', 'a', ['st', 'inet'], 'invalid'],
    ['25', 'stor', ['st', 'st2', 'inet'], 'invalid'],
    ['26', 'a', ['na', 'nb', 'inet'], 'invalid'],
    ['27', 'a', ['na', 'inet', 'x2'], 'invalid'],
    ['32', 'a', ['na!', 'inet!'], 'invalid'],
    ['33', 'a', ['na', 'inet', 'u1'], 'invalid'],
    ['without a way out', 'a', ['na'], 'invalid'],
  ])('scenario %s: %s with %j', (_, project, wishes, expected) => {
    expect(outcome('firewall', project, wishes)).toEqual(expected);
  });

  it('scenario 28: the given address in its network, automatic ones in the others', () => {
    expect(outcome('firewall', 'a', ['na', 'inet', 'st'], [ips.aInSt])).toEqual([
      'na:privateprimaryunshared',
      `st:privatesecondaryshared:${ips.aInSt}`,
      'inet:external',
      'u1:underlay',
    ]);
  });

  it('scenario 29: an address of another project', () => {
    expect(outcome('firewall', 'a', ['na', 'inet', 'st'], [ips.storInSt])).toBe('invalid');
  });

  it('scenario 30: an address of an unlisted network, an unknown address, and an invalid one', () => {
    expect(outcome('firewall', 'a', ['na', 'inet'], [ips.aInSt])).toBe('invalid');
    expect(outcome('firewall', 'a', ['na', 'inet'], ['203.0.113.200'])).toBe('not-found');
    expect(outcome('firewall', 'a', ['na', 'inet'], ['x'])).toBe('invalid');
  });

  it('scenario 34: a partition without underlay', async () => {
    const id = 's3';
    await s.networks.create({
      id,
      partitionId: 'p3',
      prefixes: ['10.96.0.0/16'],
      privateSuper: true,
      defaultChildPrefixLength: { IPv4: 22 },
    });
    const own = await s.networks.allocate({ partitionId: 'p3', projectId: 'a' });
    const networkIds = [own.id, networks.inet.id].map((networkId) => ({ networkId, autoAcquire: true }));
    const asked = { role: 'firewall' as const, projectId: 'a', networks: networkIds, ips: [] };
    expect(() => s.networks.assignNetworks(asked, 'p3')).toThrow('has no underlay');
    expect(() => s.networks.assignNetworks(asked, 'p4')).toThrow('has no private super network');
  });

  it('requires external networks with a route and a VRF', async () => {
    const blind = await s.networks.create({ prefixes: ['198.51.100.0/25'], vrf: 7 });
    const flat = await s.networks.create({ prefixes: ['198.51.100.128/25'], destinationPrefixes: ['0.0.0.0/0'] });
    for (const [network, reason] of [
      [blind, 'no destination prefixes'],
      [flat, 'no VRF'],
    ] as const) {
      const list = [networks.na.id, network.id].map((networkId) => ({ networkId, autoAcquire: true }));
      expect(() =>
        s.networks.assignNetworks({ role: 'firewall', projectId: 'a', networks: list, ips: [] }, 'p1'),
      ).toThrow(reason);
    }
  });

  it('scenario 35: copies what the configurator on the firewall requires', () => {
    const assignments = s.networks.assignNetworks(request('firewall', 'a', ['na', 'inet', 'st']), 'p1');
    const members = assignments.map((network) => machineNetwork(network, ['192.0.2.1'], 4210000001));
    expect(
      members.map(({ type, vrf, nat, prefixes, destinationPrefixes, networkType, projectId, asn }) => ({
        type,
        vrf,
        nat,
        prefixes,
        destinationPrefixes,
        networkType,
        projectId,
        asn,
      })),
    ).toEqual([
      {
        type: 'privateprimaryunshared',
        vrf: networks.na.vrf,
        nat: false,
        prefixes: networks.na.prefixes,
        destinationPrefixes: [],
        networkType: 'child',
        projectId: 'a',
        asn: 4210000001,
      },
      {
        type: 'privatesecondaryshared',
        vrf: networks.st.vrf,
        nat: false,
        prefixes: networks.st.prefixes,
        destinationPrefixes: [],
        networkType: 'child-shared',
        projectId: 'stor',
        asn: 4210000001,
      },
      {
        type: 'external',
        vrf: 104009,
        nat: true,
        prefixes: ['203.0.113.0/24'],
        destinationPrefixes: ['0.0.0.0/0'],
        networkType: 'external',
        projectId: undefined,
        asn: 4210000001,
      },
      {
        type: 'underlay',
        vrf: 0,
        nat: false,
        prefixes: ['10.128.0.0/24'],
        destinationPrefixes: [],
        networkType: 'underlay',
        projectId: undefined,
        asn: 4210000001,
      },
    ]);
  });
});
