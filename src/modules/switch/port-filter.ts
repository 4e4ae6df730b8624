import { BoundedMap } from '../../shared/concurrency/bounded-map.js';
import { withCachedJson } from '../../platform/http/wire/json.js';
import { CidrSet } from '../../shared/net/cidr-set.js';
import { addressBits } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import type { PrefixList } from '../../shared/net/prefix-list.js';
import { Prefix } from '../../shared/net/prefix.js';
import { memoizeByIdentity } from '../../shared/memoize-by-identity.js';
import { isPrivate, isPrivatePrimary } from '../network/machine-networks.js';
import type { MachineNetwork } from '../network/machine-networks.js';
import type { PortUse } from './switch.js';

/** The prefixes that a leaf lets a port announce, and for firewalls the numbers of their VRFs. */
export interface PortFilter {
  readonly cidrs: readonly string[];
  readonly vnis: readonly string[];
}

/** Sources of the addresses that a machine announces in addition to those of its private network. */
export interface Announcements {
  /** Additional announceable prefixes of a network's parent; returns an identical list until they change. */
  readonly additionalCidrs: (networkId: string) => readonly string[];
  /** All addresses of the project; returns an identical list until one is added or removed. */
  readonly projectAddresses: (project: string) => PrefixList;
}

const NOTHING: PortFilter = withCachedJson({ cidrs: [], vnis: [] });

/**
 * The filter of a port whose machine is in use (docs/reference/switches.md#bgp-filter). Lists are sorted as text and
 * minimal, so that leaves do not reconfigure themselves needlessly. Returns the identical, immutable filter as long as
 * its inputs do not change, also for all machines of a cluster, because it may list all addresses of their project.
 */
export function portFilter(vrf: string | undefined, use: PortUse, announcements: Announcements): PortFilter {
  // A firewall that is not installed yet announces nothing.
  if (use.role === 'firewall') return vrf === 'default' ? firewallFilter(use) : NOTHING;
  const own = privateNetworkOf(use);
  const additional = own ? announcements.additionalCidrs(own.networkId) : NO_CIDRS;
  return machineFilter(use, additional, announcements.projectAddresses(use.project));
}

const NO_CIDRS: readonly string[] = [];

const machineFilter = memoizeByIdentity(
  (use: PortUse, additional: readonly string[], addresses: PrefixList): PortFilter =>
    filtersWith(addresses).getOrMake(filterKey(use, additional), () =>
      withCachedJson({ vnis: [], cidrs: machineCidrs(use, additional, addresses) }),
    ),
);

/** What the filter of a machine depends on, apart from the addresses of its project. */
const filterKey = memoizeByIdentity(({ networks }: PortUse, additional: readonly string[]): string =>
  JSON.stringify([networks.map(({ type, prefixes }) => [type, prefixes]), additional]),
);

/** More than the clusters of one project have networks; filters of former allocations must not accumulate in memory. */
const MAX_FILTERS = 1000;

/** The filters built with these addresses of a project, keyed by their other inputs. */
const filtersWith = memoizeByIdentity((_addresses: PrefixList) => new BoundedMap<string, PortFilter>(MAX_FILTERS));

const firewallFilter = memoizeByIdentity(({ networks }: PortUse): PortFilter => {
  const underlay = networks.filter(({ type }) => type === 'underlay');
  return withCachedJson({
    vnis: networks
      .filter(({ type }) => type !== 'underlay')
      .map(({ vrf }) => String(vrf))
      .sort(),
    cidrs: underlay
      .flatMap(({ ips }) => ips.flatMap(hostPrefix))
      .map(String)
      .sort(),
  });
});

const privateNetworkOf = ({ networks }: PortUse): MachineNetwork | undefined =>
  networks.find(({ type }) => isPrivatePrimary(type)) ?? networks.find(({ type }) => isPrivate(type));

function machineCidrs(use: PortUse, additionalCidrs: readonly string[], addresses: PrefixList): readonly string[] {
  const { networks } = use;
  const own = privateNetworkOf(use);
  if (!own) return [];
  const covered = CidrSet.of([own, ...networks.filter(({ type }) => type === 'underlay')].flatMap(prefixesOf));
  const added = CidrSet.of([...prefixesOf(own), ...additionalCidrs.flatMap(readPrefix)]);
  return addresses.changed(covered, added).texts;
}

const prefixesOf = ({ prefixes }: MachineNetwork): Prefix[] => prefixes.flatMap(readPrefix);

const readPrefix = (text: string): Prefix[] => {
  const prefix = Prefix.tryParse(text);
  return prefix ? [prefix] : [];
};

const hostPrefix = (text: string): Prefix[] => {
  const ip = Ip.tryParse(text);
  return ip ? [Prefix.of(ip, addressBits(ip.family))] : [];
};
