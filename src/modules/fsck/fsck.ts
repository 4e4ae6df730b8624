import type { IpAddress } from '../ip/ip.js';
import type { ChildLedger, Reservation } from '../ipam/ipam.js';
import type { Machine } from '../machine/machine.js';
import type { Network } from '../network/network.js';
import type { PoolUse } from '../pool/pool.js';
import type { Switch } from '../switch/switch.js';

/** What must always hold, whatever was interrupted; by the names under which violations are reported. */
export const INVARIANTS = {
  'network-references': 'partition, project and parent of a network exist',
  'network-prefixes': 'no two networks share an address, children are inside their parent',
  'network-roles': 'a partition has one private super network and one underlay at most',
  'network-reservation': 'what is reserved for a network is what it has',
  'network-unfinished': 'creations and deletions of networks end in time',
  'child-ledger': 'the free space of a super network is what its children leave over',
  'vrf-owners': 'who owns a VRF is a network with this VRF',
  'vrf-owned': 'the VRF of a network is its own, and only admins share one',
  'asn-owners': 'who owns an AS number is an allocation of a machine',
  'asn-owned': 'the AS number of an allocation is its own',
  'address-network': 'the network of an address exists',
  'address-prefix': 'an address is inside a prefix of its network, and not reserved',
  'address-project': 'the project of an address exists, and may use the network',
  'address-attachment': 'allocations that use an address are those of machines',
  'address-tag': 'machines that an address is tagged with exist',
  'address-count': 'consumption of a prefix is the number of its addresses',
  'allocation-addresses': 'the addresses of an allocation are attached to it',
  'allocation-networks': 'the networks of an allocation exist, with one AS number in all',
  'machine-unfinished': 'allocations and releases of machines end in time',
  'port-connections': 'ports and machines of a connection exist, one machine at a port',
  'port-vrf': 'a port is in the VRF of the machine at it, or in none',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** What repairs a violation; each may be done twice, and none takes anything from an owner that exists. */
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
  | { readonly action: 'set-port-vrf'; readonly machine: string; readonly vrf: '' | 'default' | number }
  | { readonly action: 'reset-port-vrf'; readonly switch: string; readonly port: string }
  | { readonly action: 'disconnect'; readonly machine: string };

/** One violation. */
export interface Finding {
  readonly invariant: Invariant;
  /** The documents concerned: their kind and id. */
  readonly ids: readonly string[];
  /** What is wrong, in words. */
  readonly message: string;
  /** Undefined when only a person can decide. */
  readonly repair: Repair | undefined;
}

/** What is examined: all of it as one process knows it at one moment. */
export interface Snapshot {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly partitions: ReadonlySet<string>;
  readonly projects: ReadonlySet<string>;
  /** Also those that are coming or going. */
  readonly networks: ReadonlyMap<string, Network>;
  readonly reservations: readonly Reservation[];
  readonly ledgers: ReadonlyMap<string, ChildLedger>;
  readonly vrfs: readonly PoolUse[];
  readonly asns: readonly PoolUse[];
  readonly addresses: ReadonlyMap<string, IpAddress>;
  /** Taken addresses of a prefix, as IPAM counts them. */
  readonly countOf: (prefix: string) => number;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly switches: readonly Switch[];
}

/** Looks for violations of some invariants; yields `undefined` wherever it may pause. */
export type Check = (snapshot: Snapshot) => Iterable<Finding | undefined>;

/** How long after its deadline something unfinished counts as a violation, in milliseconds: sweepers come by before. */
export const OVERDUE = 5 * 60_000;

/** A violation of an invariant. */
export const finding = (invariant: Invariant, ids: readonly string[], message: string, repair?: Repair): Finding => ({
  invariant,
  ids,
  message,
  repair,
});

/** The same violation has the same key, also when the numbers in its message differ. */
export const keyOf = ({ invariant, ids, repair }: Finding): string => JSON.stringify([invariant, ids, repair]);

/** Uuids of all allocations that machines have, will have, or are about to lose. */
export function allocationsOf(machines: Iterable<Machine>): Set<string> {
  const uuids = new Set<string>();
  for (const { allocation, claim, release } of machines) {
    if (allocation) uuids.add(allocation.uuid);
    if (claim) uuids.add(claim.allocation);
    if (release?.allocation) uuids.add(release.allocation);
  }
  return uuids;
}
