import { natTypeOf, networkTypeOf, type NatType, type Network, type NetworkType } from './network.js';

/** What a network is to the machine that is in it (reference/20 §4.3); the names are those of the v1 API. */
export type MachineNetworkType =
  'privateprimaryunshared' | 'privateprimaryshared' | 'privatesecondaryshared' | 'external' | 'underlay';

/** A machine's membership in a network: copies made at allocation time, later changes of the network do not show. */
export interface MachineNetwork {
  readonly networkId: string;
  readonly type: MachineNetworkType;
  readonly prefixes: readonly string[];
  /** Canonical addresses of the machine in this network, IPv4 first. */
  readonly ips: readonly string[];
  readonly destinationPrefixes: readonly string[];
  readonly vrf: number;
  /** The same in all networks of one allocation. */
  readonly asn: number;
  readonly nat: boolean;
  /** Owner of the network, not of the machine. */
  readonly projectId: string;
  readonly networkType: NetworkType;
  readonly natType: NatType;
}

export const isPrivate = (type: MachineNetworkType): boolean => type.startsWith('private');

export const isPrivatePrimary = (type: MachineNetworkType): boolean => type.startsWith('privateprimary');

/** A network that an allocation is to get, and where its addresses come from. */
export interface WantedNetwork {
  readonly network: Network;
  readonly type: MachineNetworkType;
  /** One new ephemeral address per family; never together with `ips`. */
  readonly auto: boolean;
  /** Existing addresses named by the request, canonical. */
  readonly ips: readonly string[];
}

/** The membership that results from a wanted network once its addresses and the allocation's ASN are known. */
export function machineNetwork(wanted: WantedNetwork, ips: readonly string[], asn: number): MachineNetwork {
  const { network } = wanted;
  return {
    networkId: network.id,
    type: wanted.type,
    prefixes: network.prefixes,
    ips,
    destinationPrefixes: network.destinationPrefixes,
    vrf: network.vrf,
    asn,
    nat: network.nat,
    projectId: network.projectId,
    networkType: networkTypeOf(network),
    natType: natTypeOf(network),
  };
}
