import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import type { IntegerRange } from '../../shared/concurrency/integer-allocator.js';
import { timestamp, type Clock } from '../../shared/clock.js';
import type { AllocationId } from '../../shared/id.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { NumberPool } from './number-pool.js';
import { ASN_BASE, POOL_RANGE, type PoolNumber, type PoolUse } from './pool.js';
import { asnTable, vrfTable } from './pool.table.js';

/**
 * Manages the VRF numbers of networks and the AS numbers of allocations with their owners
 * (docs/reference/number-pools.md#number-pools).
 */
@Injectable()
export class PoolService {
  private readonly vrfs: NumberPool;
  private readonly asns: NumberPool;

  constructor(
    @InjectTable(vrfTable) vrfs: Table<PoolNumber, 'owner'>,
    @InjectTable(asnTable) asns: Table<PoolNumber, 'owner'>,
    @InjectConfig() config: Pick<Config, 'pools'>,
    @InjectClock() clock: Clock,
  ) {
    const now = (): string => timestamp(clock.now());
    const { vrfReserved, asnReserved } = config.pools;
    this.vrfs = new NumberPool('VRF', vrfs, POOL_RANGE, vrfReserved, now);
    this.asns = new NumberPool('ASN', asns, POOL_RANGE, asnReserved.map(withoutBase), now);
  }

  /** Acquires a VRF that no other network uses. Throws `exhausted`. */
  acquireVrf(networkId: string): Promise<number> {
    return this.vrfs.acquire(networkId);
  }

  /** Acquires this VRF; shares it with its current networks only if `share` is set. Throws `invalid`, `conflict`. */
  acquireSpecificVrf(vrf: number, networkId: string, share: boolean): Promise<void> {
    return this.vrfs.acquireSpecific(vrf, networkId, share);
  }

  /**
   * Releases the network's VRF, and the `recorded` one that its document names. A shared VRF becomes free with its last
   * network. Idempotent.
   */
  releaseVrf(networkId: string, recorded?: number): Promise<void> {
    return this.vrfs.releaseAll(networkId, recorded);
  }

  /** Acquires an AS number that no other allocation has, for the allocation with this UUID. Throws `exhausted`. */
  async acquireAsn(allocation: AllocationId): Promise<number> {
    return ASN_BASE + (await this.asns.acquire(allocation));
  }

  /** Acquires this AS number for an allocation whose record names it. Idempotent. Throws `invalid`, `conflict`. */
  acquireSpecificAsn(asn: number, allocation: AllocationId): Promise<void> {
    return this.asns.acquireSpecific(asn - ASN_BASE, allocation, false);
  }

  /** Ends one ownership. Idempotent. */
  releaseSpecificVrf(vrf: number, networkId: string): Promise<void> {
    return this.vrfs.release(vrf, networkId);
  }

  /** Every VRF in use, with its owners. */
  vrfsInUse(): PoolUse[] {
    return this.vrfs.inUse();
  }

  /** Every AS number in use, with its owner. */
  asnsInUse(): PoolUse[] {
    return this.asns.inUse().map(({ number, owners }) => ({ number: ASN_BASE + number, owners }));
  }

  /**
   * Releases every AS number of the allocation, and the `recorded` one that its machine names. Idempotent. Numbers of
   * other allocations are never touched.
   */
  releaseAsn(allocation: AllocationId, recorded?: number): Promise<void> {
    return this.asns.releaseAll(allocation, recorded === undefined ? undefined : recorded - ASN_BASE);
  }

  /** AS numbers of the allocation, ascending. */
  asnsOf(allocation: string): number[] {
    return this.asns.ownedBy(allocation).map((number) => ASN_BASE + number);
  }

  /** Every allocation that owns an AS number, with the time of its acquisition. */
  asnOwners(): Iterable<{ owner: AllocationId; acquired: string }> {
    return this.asns.owners();
  }
}

/** Converts a range of AS numbers to numbers of the pool. */
const withoutBase = ({ first, last }: IntegerRange): IntegerRange => ({
  first: first - BigInt(ASN_BASE),
  last: last - BigInt(ASN_BASE),
});
