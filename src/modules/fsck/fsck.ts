import type { IpAddress } from '../ip/ip.js';
import type { ChildLedger, PrefixReservation } from '../ipam/ipam.js';
import type { Machine } from '../machine/machine.js';
import type { Network } from '../network/network.js';
import type { PoolUse } from '../pool/pool.js';
import type { Switch } from '../switch/switch.js';

/** Invariants that hold even after interruptions; by the names under which violations are reported. */
export const INVARIANTS = {
  'network-references': 'the partition, project and parent of a network exist',
  'network-prefixes': 'networks do not overlap, child networks are inside their parent',
  'network-roles': 'a partition has at most one private super network and at most one underlay',
  'network-reservation': 'the reserved prefixes of a network are the prefixes that it has',
  'network-unfinished': 'creations and deletions of networks finish in time',
  'child-ledger': 'the ledger of a super network matches the space that its children leave free',
  'vrf-owners': 'the owner of a VRF is a network with this VRF',
  'vrf-owned': 'a network owns its VRF, and only admins let networks share one',
  'asn-owners': 'the owner of an ASN is an allocation of a machine',
  'asn-owned': 'an allocation owns its ASN',
  'address-network': 'the network of an address exists',
  'address-prefix': 'an address is inside a prefix of its network, and not reserved',
  'address-project': 'the project of an address exists, and may use the network',
  'address-attachment': 'the allocations that an address is attached to are allocations of machines',
  'address-tag': 'the machines that an address is tagged with exist',
  'address-count': 'the consumption of a prefix is the number of its addresses',
  'allocation-addresses': 'the addresses of an allocation are attached to it',
  'allocation-networks': 'the networks of an allocation exist, with the same ASN in all of them',
  'machine-unfinished': 'allocations and releases of machines finish in time',
  'port-connections': 'the port and the machine of a connection exist, and a port has one machine',
  'port-vrf': 'a port is in the VRF of its machine, or in none',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** The repair of a violation. All repairs are idempotent, and none takes anything away from an existing owner. */
export type Repair =
  | { readonly action: 'realign-network'; readonly network: string }
  | { readonly action: 'recount-children'; readonly network: string }
  | { readonly action: 'give-back-children'; readonly network: string; readonly owner: string }
  | { readonly action: 'release-vrf'; readonly vrf: number; readonly network: string }
  | { readonly action: 'acquire-vrf'; readonly vrf: number; readonly network: string; readonly share: boolean }
  | { readonly action: 'release-asn'; readonly allocation: string }
  | { readonly action: 'acquire-asn'; readonly asn: number; readonly allocation: string }
  | { readonly action: 'remove-address'; readonly address: string }
  | { readonly action: 'release-addresses'; readonly machine: string; readonly allocation: string }
  | { readonly action: 'drop-tag'; readonly address: string; readonly tag: string }
  | { readonly action: 'set-port-vrf'; readonly machine: string; readonly vrf: 'default' | number | undefined }
  | { readonly action: 'reset-port-vrf'; readonly switch: string; readonly port: string }
  | { readonly action: 'disconnect'; readonly machine: string };

/** One violation. */
export interface Finding {
  readonly invariant: Invariant;
  /** The documents concerned, by kind and ID. */
  readonly ids: readonly string[];
  /** Human-readable description of the problem. */
  readonly message: string;
  /** Undefined if an operator has to decide. */
  readonly repair: Repair | undefined;
}

/** The input of the checks: everything, as one process knows it at one moment. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly partitions: ReadonlySet<string>;
  readonly projects: ReadonlySet<string>;
  /** Includes networks that are being created or deleted. */
  readonly networks: ReadonlyMap<string, Network>;
  readonly reservations: readonly PrefixReservation[];
  readonly ledgers: ReadonlyMap<string, ChildLedger>;
  readonly vrfs: readonly PoolUse[];
  readonly asns: readonly PoolUse[];
  readonly addresses: ReadonlyMap<string, IpAddress>;
  /** Number of allocated addresses of a prefix according to IPAM. */
  readonly countOf: (prefix: string) => number;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly switches: readonly Switch[];
}

/** Finds violations of some invariants; yields `undefined` where it may be paused. */
export type Check = (snapshot: Snapshot) => Iterable<Finding | undefined>;

/** Unfinished work counts as a violation this long after its deadline, in milliseconds; sweepers finish it before. */
export const OVERDUE = 5 * 60_000;

/** A violation of an invariant. */
export const finding = (invariant: Invariant, ids: readonly string[], message: string, repair?: Repair): Finding => ({
  invariant,
  ids,
  message,
  repair,
});

/** A key that identifies a violation, even if the numbers in its message change. */
export const findingKey = ({ invariant, ids, repair }: Finding): string => JSON.stringify([invariant, ids, repair]);

/** UUIDs of all allocations that machines have, are getting, or are about to lose. */
export function allocationsOf(machines: Iterable<Machine>): Set<string> {
  const uuids = new Set<string>();
  for (const { allocation, claim, release } of machines) {
    if (allocation) uuids.add(allocation.uuid);
    if (claim) uuids.add(claim.allocation);
    if (release?.allocation !== undefined) uuids.add(release.allocation);
  }
  return uuids;
}
