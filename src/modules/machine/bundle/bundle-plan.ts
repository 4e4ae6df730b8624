import type { IpSpec } from '../../ip/ip-draft.js';
import type { NetworkAssignment } from '../../network/machine-networks.js';
import type { Network } from '../../network/network.js';
import type { WantedMachine } from '../allocation/wanted.js';

/** A machine or firewall that was checked against every rule that does not depend on the others. */
export interface PlannedMachine extends WantedMachine {
  readonly member: string;
  readonly assignments: readonly NetworkAssignment[];
}

/** An address that was checked so. */
export interface PlannedAddress {
  readonly member: string;
  readonly spec: IpSpec;
}

export interface BundlePlan {
  /** Machines, then firewalls. */
  readonly machines: readonly PlannedMachine[];
  readonly addresses: readonly PlannedAddress[];
}

/** A need of one address of a family in a network. */
export interface AddressNeed {
  readonly member: string;
  readonly network: Network;
  readonly family: string;
}

/** The needs that remain unmet when the free addresses are given away in order; with the network's total need. */
export function unmetNeeds(
  needs: readonly AddressNeed[],
  left: (network: Network, family: string) => number,
): readonly (AddressNeed & { readonly left: number; readonly needed: number })[] {
  const byPool = new Map<string, AddressNeed[]>();
  for (const need of needs) {
    const key = JSON.stringify([need.network.id, need.family]);
    const pool = byPool.get(key);
    if (pool) pool.push(need);
    else byPool.set(key, [need]);
  }
  return [...byPool.values()].flatMap((pool) => {
    const free = Math.max(left(pool[0]!.network, pool[0]!.family), 0);
    return pool.slice(free).map((need) => ({ ...need, left: free, needed: pool.length }));
  });
}
