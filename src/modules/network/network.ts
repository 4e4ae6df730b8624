import type { Entity } from '../../shared/entity.js';
import { Inquiry } from '../../shared/inquiry.js';
import { References } from '../../shared/references.js';
import { Prefix } from '../../shared/net/prefix.js';
import { ADDRESS_FAMILIES, type AddressFamily } from '../../shared/net/family.js';

/** Kinds of networks as newer clients name them (reference/20 §6); always derived, see `networkTypeOf`. */
export type NetworkType = 'external' | 'underlay' | 'super' | 'child' | 'child-shared';
export type NatType = 'none' | 'ipv4-masq';

/** Prefix lengths of children, per address family. */
export type ChildPrefixLengths = Readonly<Partial<Record<AddressFamily, number>>>;

/**
 * How far a network has come. `creating` is a claim: it exists before anything is acquired in its name, is shown to
 * nobody, and is undone past its deadline. `closing` takes no more addresses while it is found out whether the network
 * is unused, and then becomes `active` again or `deleting`. `deleting` holds on until everything is given back: a crash
 * in between is finished by repeating the call or by the sweeper (design D3.4).
 */
export type NetworkStatus = 'creating' | 'active' | 'closing' | 'deleting';

/** A network (reference/20 §1.1). Prefixes are canonical texts without host bits. */
export interface Network extends Entity {
  /** Addresses and children are taken from them in this order. */
  readonly prefixes: readonly string[];
  /** Routes that are reachable through this network. */
  readonly destinationPrefixes: readonly string[];
  /** Meaningful on private super networks; `undefined` on children, `{}` on others. */
  readonly defaultChildPrefixLength: ChildPrefixLengths | undefined;
  /** `""` when it belongs to none. */
  readonly partitionId: string;
  readonly projectId: string;
  readonly parentNetworkId: string;
  /** Number of the VRF, which is also VNI and VXLAN id; 0 = none. */
  readonly vrf: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Announced by machines besides their network's own prefixes; on private super networks. */
  readonly additionalAnnouncableCidrs: readonly string[];
  readonly privateSuper: boolean;
  readonly underlay: boolean;
  /** Other projects may take addresses in it and attach their firewalls (MEP-5). */
  readonly shared: boolean;
  readonly nat: boolean;
  readonly status: NetworkStatus;
  /** When the sweeper may undo or finish what is not active. */
  readonly deadline: string | undefined;
}

/** Features that use networks and forbid their deletion. */
export class NetworkReferences extends References {}

/** Whose an address is, by its canonical text; the feature that keeps addresses answers. */
export class IpInquiry extends Inquiry<[address: string], { projectId: string; networkId: string } | undefined> {
  constructor() {
    super(undefined);
  }
}

/** Cut from the private super network of a partition. */
export const isChild = (network: Pick<Network, 'parentNetworkId'>): boolean => network.parentNetworkId !== '';

/** The kind as it is now: a child that became shared is `child-shared` (reference/20 §2.3 step 3, §6). */
export function networkTypeOf(
  network: Pick<Network, 'parentNetworkId' | 'privateSuper' | 'underlay' | 'shared'>,
): NetworkType {
  if (network.underlay) return 'underlay';
  if (network.privateSuper) return 'super';
  if (!isChild(network)) return 'external';
  return network.shared ? 'child-shared' : 'child';
}

export const natTypeOf = (network: Pick<Network, 'nat'>): NatType => (network.nat ? 'ipv4-masq' : 'none');

/** Families of the given prefixes, IPv4 first. */
export function familiesOf(prefixes: readonly string[]): AddressFamily[] {
  const present = new Set(prefixes.map((prefix) => Prefix.parse(prefix).family));
  return ADDRESS_FAMILIES.filter((family) => present.has(family));
}

export const prefixesOf = (prefixes: readonly string[], family: AddressFamily): string[] =>
  prefixes.filter((prefix) => Prefix.parse(prefix).family === family);
