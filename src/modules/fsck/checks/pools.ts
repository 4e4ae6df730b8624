import { isChild } from '../../network/network.js';
import { allocationsOf, finding, type Finding, type Snapshot } from '../fsck.js';

/** Checks VRFs and ASNs. */
export function* checkPools(snapshot: Snapshot): Iterable<Finding | undefined> {
  yield* vrfOwners(snapshot);
  yield* networksWithVrf(snapshot);
  yield* asnOwners(snapshot);
  yield* allocationsWithAsn(snapshot);
}

/** Skips networks that are being created or deleted: they may own a VRF before or after their document shows it. */
function* vrfOwners({ vrfs, networks }: Snapshot): Iterable<Finding | undefined> {
  for (const { number: vrf, owners } of vrfs) {
    yield undefined;
    for (const owner of owners) {
      const network = networks.get(owner);
      if (network && (network.status !== 'active' || network.vrf === vrf)) continue;
      const reason = network ? `that has VRF ${network.vrf}` : 'that does not exist';
      const repair = { action: 'release-vrf', vrf, network: owner } as const;
      yield finding('vrf-owners', [`vrf ${vrf}`, `network ${owner}`], `is owned by a network ${reason}`, repair);
    }
  }
}

function* networksWithVrf({ vrfs, networks }: Snapshot): Iterable<Finding | undefined> {
  const ownersOf = new Map(vrfs.map(({ number, owners }) => [number, owners]));
  for (const network of networks.values()) {
    yield undefined;
    const { id, vrf, status } = network;
    if (vrf === 0 || status !== 'active') continue;
    const owners = ownersOf.get(vrf) ?? [];
    // Admins may let other networks share it; child networks never do.
    const others = owners.filter((owner) => owner !== id && networks.get(owner)?.parentNetworkId);
    const ids = [`network ${id}`, `vrf ${vrf}`];
    if (isChild(network) && others.length > 0)
      yield finding('vrf-owned', ids, `shares its VRF with ${others.join(', ')}`);
    else if (!owners.includes(id))
      yield finding('vrf-owned', ids, 'does not own its VRF', {
        action: 'acquire-vrf',
        vrf,
        network: id,
        share: !isChild(network),
      });
  }
}

function* asnOwners({ asns, machines }: Snapshot): Iterable<Finding | undefined> {
  const allocations = allocationsOf(machines.values());
  for (const { number, owners } of asns) {
    yield undefined;
    for (const allocation of owners) {
      if (allocations.has(allocation)) continue;
      const repair = { action: 'release-asn', allocation } as const;
      yield finding(
        'asn-owners',
        [`asn ${number}`, `allocation ${allocation}`],
        'is owned by an allocation that no machine has',
        repair,
      );
    }
    if (owners.length > 1) yield finding('asn-owners', [`asn ${number}`], `has ${owners.length} owners`);
  }
}

function* allocationsWithAsn({ asns, machines }: Snapshot): Iterable<Finding | undefined> {
  const ownersOf = new Map(asns.map(({ number, owners }) => [number, owners]));
  for (const { id, allocation, release } of machines.values()) {
    yield undefined;
    if (!allocation || release || ownersOf.get(allocation.asn)?.includes(allocation.uuid)) continue;
    const other = ownersOf.get(allocation.asn)?.[0];
    const ids = [`machine ${id}`, `asn ${allocation.asn}`];
    if (other) yield finding('asn-owned', ids, `its ASN belongs to allocation ${other}`);
    else
      yield finding('asn-owned', ids, 'its ASN is free and may be allocated again', {
        action: 'acquire-asn',
        asn: allocation.asn,
        allocation: allocation.uuid,
      });
  }
}
