import { isPrivate, isPrivatePrimary } from '../../src/modules/network/machine-networks.js';
import type { MachineNetwork } from '../../src/modules/network/machine-networks.js';
import type { PortUse } from '../../src/modules/switch/switch.js';
import { CidrSet } from '../../src/shared/net/cidr-set.js';
import { addressBits } from '../../src/shared/net/family.js';
import { Ip } from '../../src/shared/net/ip.js';
import { Prefix } from '../../src/shared/net/prefix.js';

/** What machines announce in addition to their networks. */
export interface Announced {
  readonly additionalCidrs: (networkId: string) => readonly string[];
  /** All addresses of the project. */
  readonly projectIps: (project: string) => readonly string[];
}

/** The filter of a port (docs/reference/switches.md#bgp-filter), made of all addresses of its project each time. */
export function expectedPortFilter(
  vrf: string | undefined,
  { role, project, networks }: PortUse,
  announced: Announced,
) {
  const underlays = networks.filter(({ type }) => type === 'underlay');
  if (role === 'firewall') {
    if (vrf !== 'default') return { cidrs: [], vnis: [] };
    const vnis = networks.filter(({ type }) => type !== 'underlay').map((network) => String(network.vrf));
    const cidrs = underlays.flatMap(({ ips }) => ips.flatMap(hostPrefix)).map(String);
    return { vnis: vnis.sort(), cidrs: cidrs.sort() };
  }
  const own =
    networks.find(({ type }) => isPrivatePrimary(type)) ?? networks.find((network) => isPrivate(network.type));
  if (!own) return { vnis: [], cidrs: [] };
  const covered = CidrSet.of([own, ...underlays].flatMap(prefixesOf));
  const hosts = announced.projectIps(project).flatMap(hostPrefix);
  const shown = [
    ...prefixesOf(own),
    ...announced.additionalCidrs(own.networkId).flatMap(readPrefix),
    ...hosts.filter(({ ip }) => !covered.has(ip)),
  ];
  return { vnis: [], cidrs: CidrSet.of(shown).prefixes().map(String).sort() };
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
