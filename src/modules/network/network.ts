import type { Entity } from '../../shared/entity.js';
import { LateBoundFunction } from '../../shared/late-bound-function.js';
import { References } from '../../shared/references.js';
import { Prefix } from '../../shared/net/prefix.js';
import { ADDRESS_FAMILIES, type AddressFamily } from '../../shared/net/family.js';

/**
 * Network types as newer clients name them (docs/reference/networks.md#network-types). Always derived, see
 * `networkTypeOf`.
 */
export type NetworkType = 'external' | 'underlay' | 'super' | 'child' | 'child-shared';
export type NatType = 'none' | 'ipv4-masq';

/** Prefix lengths of children, per address family. */
export type ChildPrefixLengths = Readonly<Partial<Record<AddressFamily, number>>>;

/**
 * State of a network. `creating`: a claim that exists before any resource is acquired for it; it is not shown to users
 * and is undone after its deadline. `closing`: accepts no addresses while the server checks whether the network is
 * unused; then `active` again or `deleting`. `deleting`: lasts until everything is released; after a crash, a repeated
 * call or the sweeper finishes it (docs/concepts/design.md#claims-with-a-deadline).
 */
export type NetworkStatus = 'creating' | 'active' | 'closing' | 'deleting';

/** A network (docs/reference/networks.md#network-record). Prefixes are canonical texts without host bits. */
export interface Network extends Entity {
  /** Addresses and children are allocated from them in this order. */
  readonly prefixes: readonly string[];
  /** Routes that are reachable through this network. */
  readonly destinationPrefixes: readonly string[];
  /** Set on private super networks; `undefined` on children, `{}` on other networks. */
  readonly defaultChildPrefixLength: ChildPrefixLengths | undefined;
  /** Undefined if the network belongs to no partition. */
  readonly partitionId: string | undefined;
  /** Undefined if the network belongs to no project. */
  readonly projectId: string | undefined;
  /** The private super network that it was cut from; undefined if there is none. */
  readonly parentNetworkId: string | undefined;
  /** VRF number, which is also VNI and VXLAN ID; 0 = none. */
  readonly vrf: number;
  readonly labels: Readonly<Record<string, string>>;
  /** On private super networks: announced by machines in addition to the prefixes of their network. */
  readonly additionalAnnouncableCidrs: readonly string[];
  readonly privateSuper: boolean;
  readonly underlay: boolean;
  /** Other projects may allocate addresses in it and attach their firewalls (MEP-5). */
  readonly shared: boolean;
  readonly nat: boolean;
  readonly status: NetworkStatus;
  /** Time after which the sweeper may undo or finish a network that is not active. */
  readonly deadline: string | undefined;
}

/** Features that use networks and thereby prevent their deletion. */
export class NetworkReferences extends References {}

/** Looks up the owner of an address by its canonical text; provided by the feature that stores addresses. */
export class IpOwnerLookup extends LateBoundFunction<
  [address: string],
  { projectId: string; networkId: string } | undefined
> {}

/** Whether the network was cut from the private super network of a partition. */
export const isChild = <N extends Pick<Network, 'parentNetworkId'>>(
  network: N,
): network is N & { readonly parentNetworkId: string } => network.parentNetworkId !== undefined;

/**
 * The current type: a child that was made shared is `child-shared` (docs/reference/networks.md#update-a-network step 3,
 * docs/reference/networks.md#network-types).
 */
export function networkTypeOf(
  network: Pick<Network, 'parentNetworkId' | 'privateSuper' | 'underlay' | 'shared'>,
): NetworkType {
  if (network.underlay) return 'underlay';
  if (network.privateSuper) return 'super';
  if (!isChild(network)) return 'external';
  return network.shared ? 'child-shared' : 'child';
}

export const natTypeOf = (network: Pick<Network, 'nat'>): NatType => (network.nat ? 'ipv4-masq' : 'none');

/** Address families of the given prefixes, IPv4 first. */
export function familiesOf(prefixes: readonly string[]): AddressFamily[] {
  const present = new Set(prefixes.map((prefix) => Prefix.parse(prefix).family));
  return ADDRESS_FAMILIES.filter((family) => present.has(family));
}

export const prefixesOf = (prefixes: readonly string[], family: AddressFamily): string[] =>
  prefixes.filter((prefix) => Prefix.parse(prefix).family === family);
