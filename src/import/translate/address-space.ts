import { append } from '../../shared/append.js';
import type { Content } from '../../shared/document.js';
import { Ip } from '../../shared/net/ip.js';
import { Prefix } from '../../shared/net/prefix.js';
import type { IpAddress } from '../../modules/ip/ip.js';
import { reservedAddresses, spacesWithout, type ChildLedger, type PrefixLedger } from '../../modules/ipam/ipam.js';
import { RESERVATION_LEDGER } from '../../modules/ipam/ipam.table.js';
import { isChild, type Network } from '../../modules/network/network.js';
import { rolesOf } from '../../modules/network/network-prefixes.js';
import { canonicalIp } from '../mappers/ip.js';
import { canonicalPrefix } from '../mappers/network.js';
import type { Notes } from '../notes.js';
import type { OldPrefix } from '../old-installation.js';

/** Which network has which top-level prefix. */
export const reservationsOf = (networks: readonly Content<Network>[]): Content<PrefixLedger> => ({
  id: RESERVATION_LEDGER,
  reservations: networks
    .filter((network) => !isChild(network))
    .map((network) => ({ owner: network.id, prefixes: network.prefixes, roles: rolesOf(network) })),
});

/** The free space of each private super network, as its children say. */
export function childLedgersOf(networks: readonly Content<Network>[]): Content<ChildLedger>[] {
  const blocks = new Map<string, string[]>();
  for (const { parentNetworkId, prefixes } of networks) {
    if (parentNetworkId) for (const prefix of valid(prefixes)) append(blocks, parentNetworkId, prefix);
  }
  return networks
    .filter(({ privateSuper }) => privateSuper)
    .map(({ id, prefixes }) => ({
      id,
      spaces: spacesWithout(valid(prefixes), blocks.get(id) ?? []),
      journal: [],
      closed: false,
    }));
}

const valid = (prefixes: readonly string[]): string[] => prefixes.filter((text) => Prefix.tryParse(text));

/** Compares networks and IPs with what the old IPAM says of them. */
export function compareIpam(
  networks: readonly Content<Network>[],
  ips: readonly Content<IpAddress>[],
  ipam: readonly OldPrefix[],
  notes: Notes,
): void {
  const rows = new Map(ipam.map((row) => [canonicalPrefix(row.cidr), row]));
  comparePrefixes(networks, rows, notes);
  compareChildren(networks, rows, notes);
  compareAddresses(ips, rows, notes);
}

type Rows = ReadonlyMap<string, OldPrefix>;

function comparePrefixes(networks: readonly Content<Network>[], rows: Rows, notes: Notes): void {
  const owned = new Set<string>();
  for (const { id, prefixes } of networks) {
    for (const prefix of prefixes) {
      owned.add(prefix);
      if (!rows.has(prefix)) {
        notes.inconsistent('network-prefix-not-in-ipam', [`network ${id}`, `prefix ${prefix}`], `${prefix} of ${id}`);
      }
    }
  }
  for (const prefix of rows.keys()) {
    if (!owned.has(prefix)) notes.inconsistent('ipam-prefix-unowned', [`prefix ${prefix}`], prefix);
  }
}

function compareChildren(networks: readonly Content<Network>[], rows: Rows, notes: Notes): void {
  const taken = new Set([...rows.values()].flatMap(({ children }) => children.map(canonicalPrefix)));
  const owned = new Set<string>();
  for (const network of networks.filter(isChild)) {
    for (const prefix of network.prefixes) {
      owned.add(prefix);
      const ids = [`network ${network.id}`, `prefix ${prefix}`];
      if (!taken.has(prefix)) notes.inconsistent('ipam-child-not-taken', ids, `${prefix} of ${network.id}`);
    }
  }
  for (const { cidr, children } of rows.values()) {
    for (const child of children.map(canonicalPrefix)) {
      const ids = [`prefix ${child}`];
      if (!owned.has(child)) notes.inconsistent('ipam-child-unowned', ids, `${child}, child of ${cidr}`);
    }
  }
}

function compareAddresses(ips: readonly Content<IpAddress>[], rows: Rows, notes: Notes): void {
  const known = new Set(ips.map(({ id }) => id));
  const taken = new Map<string, ReadonlySet<string>>();
  for (const [prefix, { addresses }] of rows) {
    const canonical = new Set(addresses.map(canonicalIp));
    taken.set(prefix, canonical);
    for (const address of canonical) {
      if (known.has(address) || isReserved(prefix, address)) continue;
      notes.inconsistent('ipam-address-unowned', [`ip ${address}`, `prefix ${prefix}`], `${address} of ${prefix}`);
    }
  }
  for (const { id, prefix, networkId } of ips) {
    const addresses = taken.get(prefix);
    if (addresses && !addresses.has(id)) {
      notes.inconsistent(
        'ip-not-in-ipam',
        [`ip ${id}`, `network ${networkId}`, `prefix ${prefix}`],
        `${id} of ${prefix}`,
      );
    }
  }
}

function isReserved(cidr: string, address: string): boolean {
  const [prefix, ip] = [Prefix.tryParse(cidr), Ip.tryParse(address)];
  return prefix !== undefined && ip !== undefined && reservedAddresses(prefix).includes(ip.value);
}
