import { CidrSet } from '../../shared/net/cidr-set.js';
import { addressBits } from '../../shared/net/family.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
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
  /** Announceable prefixes of the parent of a network. */
  readonly additionalCidrs: (networkId: string) => readonly string[];
  /** Every address of the project. */
  readonly projectIps: (project: string) => readonly string[];
}

const NOTHING: PortFilter = { cidrs: [], vnis: [] };

/**
 * The filter of a port whose machine works for somebody (reference/30 §7.10). Lists are sorted as text and minimal, so
 * that leaves do not reconfigure themselves without need.
 */
export function portFilter(vrf: string, use: PortUse, announcements: Announcements): PortFilter {
  if (use.role === 'machine') return { vnis: [], cidrs: machineCidrs(use, announcements) };
  // A firewall that is not yet installed announces nothing.
  return vrf === 'default' ? firewallFilter(use.networks) : NOTHING;
}

function firewallFilter(networks: readonly MachineNetwork[]): PortFilter {
  const underlay = networks.filter(({ type }) => type === 'underlay');
  return {
    vnis: networks
      .filter(({ type }) => type !== 'underlay')
      .map(({ vrf }) => String(vrf))
      .sort(),
    cidrs: underlay
      .flatMap(({ ips }) => ips.flatMap(hostPrefix))
      .map(String)
      .sort(),
  };
}

function machineCidrs({ networks, project }: PortUse, { additionalCidrs, projectIps }: Announcements): string[] {
  const own = networks.find(({ type }) => isPrivatePrimary(type)) ?? networks.find(({ type }) => isPrivate(type));
  if (!own) return [];
  const covered = CidrSet.of([own, ...networks.filter(({ type }) => type === 'underlay')].flatMap(prefixesOf));
  const hosts = projectIps(project)
    .flatMap(hostPrefix)
    .filter(({ ip }) => !covered.has(ip));
  const additional = additionalCidrs(own.networkId).flatMap(readPrefix);
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
