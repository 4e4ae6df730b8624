import type { NetworkId } from '../../shared/id.js';
import { natTypeOf, networkTypeOf, type NatType, type Network, type NetworkType } from './network.js';

/**
 * The role of a network for a machine in it (docs/reference/machine-networks.md#addresses-asn-and-machine-networks), by
 * the names of the v1 API.
 */
export type MachineNetworkType =
  'privateprimaryunshared' | 'privateprimaryshared' | 'privatesecondaryshared' | 'external' | 'underlay';

/**
 * A machine's membership in a network: a copy made at allocation time. Later changes to the network do not affect it.
 */
export interface MachineNetwork {
  readonly networkId: NetworkId;
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
  readonly projectId: string | undefined;
  readonly networkType: NetworkType;
  readonly natType: NatType;
}

export const isPrivate = (type: MachineNetworkType): boolean => type.startsWith('private');

export const isPrivatePrimary = (type: MachineNetworkType): boolean => type.startsWith('privateprimary');

/** A network that an allocation gets, and where its addresses come from. */
export interface NetworkAssignment {
  readonly network: Network;
  readonly type: MachineNetworkType;
  /** One new ephemeral address per family; never together with `ips`. */
  readonly auto: boolean;
  /** Existing addresses named by the request, canonical. */
  readonly ips: readonly string[];
}

/** Builds the membership for an assigned network from its addresses and the allocation's ASN. */
export function machineNetwork(assignments: NetworkAssignment, ips: readonly string[], asn: number): MachineNetwork {
  const { network } = assignments;
  return {
    networkId: network.id,
    type: assignments.type,
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
