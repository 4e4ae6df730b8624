import { unchanging } from '../../platform/http/wire/json.js';
import { CidrSet } from '../../shared/net/cidr-set.js';
import { addressBits } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import { remembered } from '../../shared/remembered.js';
import { isPrivate, isPrivatePrimary } from '../network/machine-networks.js';
import type { MachineNetwork } from '../network/machine-networks.js';
import type { PortUse } from './switch.js';

/** What a leaf lets a port announce: prefixes, and for firewalls the numbers of the VRFs they are in. */
export interface PortFilter {
  readonly cidrs: readonly string[];
  readonly vnis: readonly string[];
}

/** Where the addresses come from that a machine announces besides those of its private network. */
export interface Announcements {
  /** Announceable prefixes of the parent of a network; the very same list as long as they do not change. */
  readonly additionalCidrs: (networkId: string) => readonly string[];
  /** Every address of the project; the very same list as long as none comes or goes. */
  readonly projectIps: (project: string) => readonly string[];
}

const NOTHING: PortFilter = unchanging({ cidrs: [], vnis: [] });

/**
 * The filter of a port whose machine works for somebody (reference/30 §7.10). Lists are sorted as text and minimal, so
 * that leaves do not reconfigure themselves without need. The very same filter, which is unchanging, as long as nothing
 * changes that it is made of, also for all machines of a cluster: it may have all addresses of their project.
 */
export function portFilter(vrf: string, use: PortUse, announcements: Announcements): PortFilter {
  // A firewall that is not yet installed announces nothing.
  if (use.role === 'firewall') return vrf === 'default' ? firewallFilter(use) : NOTHING;
  const own = privateNetworkOf(use);
  const additional = own ? announcements.additionalCidrs(own.networkId) : NO_CIDRS;
  return machineFilter(use, additional, announcements.projectIps(use.project));
}

const NO_CIDRS: readonly string[] = [];

const machineFilter = remembered(
  (use: PortUse, additional: readonly string[], projectIps: readonly string[]): PortFilter => {
    const filters = filtersWith(projectIps);
    const key = JSON.stringify([use.networks.map(({ type, prefixes }) => [type, prefixes]), additional]);
    let filter = filters.get(key);
    if (!filter) {
      filter = unchanging({ vnis: [], cidrs: machineCidrs(use, additional, projectIps) });
      if (filters.size >= MAX_FILTERS) filters.clear();
      filters.set(key, filter);
    }
    return filter;
  },
);

/** More than clusters of one project have networks; allocations that are long gone must not stay in memory. */
const MAX_FILTERS = 1000;

/** The filters that were made with these addresses of a project, by what else they are made of. */
const filtersWith = remembered((_projectIps: readonly string[]) => new Map<string, PortFilter>());

const firewallFilter = remembered(({ networks }: PortUse): PortFilter => {
  const underlay = networks.filter(({ type }) => type === 'underlay');
  return unchanging({
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

function machineCidrs(use: PortUse, additionalCidrs: readonly string[], projectIps: readonly string[]): string[] {
  const { networks } = use;
  const own = privateNetworkOf(use);
  if (!own) return [];
  const covered = CidrSet.of([own, ...networks.filter(({ type }) => type === 'underlay')].flatMap(prefixesOf));
  const hosts = projectIps.flatMap(hostPrefix).filter(({ ip }) => !covered.has(ip));
  const additional = additionalCidrs.flatMap(readPrefix);
  return CidrSet.of([...prefixesOf(own), ...additional, ...hosts])
    .prefixes()
    .map(String)
    .sort();
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
