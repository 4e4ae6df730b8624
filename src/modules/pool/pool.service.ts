import { Inject, Injectable } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import type { SlotRange } from '../../shared/slots.js';
import { CLOCK, timestamp, type Clock } from '../../shared/clock.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { NumberPool } from './number-pool.js';
import { ASN_BASE, POOL_RANGE, type PoolNumber, type PoolUse } from './pool.js';
import { asnTable, vrfTable } from './pool.table.js';

/** The VRF numbers of networks and the AS numbers of allocations (reference/20 §7), each with its owner. */
@Injectable()
export class PoolService {
  private readonly vrfs: NumberPool;
  private readonly asns: NumberPool;

  constructor(
    @InjectTable(vrfTable) vrfs: Table<PoolNumber, 'owner'>,
    @InjectTable(asnTable) asns: Table<PoolNumber, 'owner'>,
    @InjectConfig() config: Pick<Config, 'pools'>,
    @Inject(CLOCK) clock: Clock,
  ) {
    const now = (): string => timestamp(clock.now());
    const { vrfReserved, asnReserved } = config.pools;
    this.vrfs = new NumberPool('VRF', vrfs, POOL_RANGE, vrfReserved, now);
    this.asns = new NumberPool('ASN', asns, POOL_RANGE, asnReserved.map(withoutBase), now);
  }

  /** A VRF that no other network uses. Throws `exhausted`. */
  acquireVrf(networkId: string): Promise<number> {
    return this.vrfs.acquire(networkId);
  }

  /** This VRF; together with the networks that have it already only when `share` is set. Throws `invalid`, `conflict`. */
  acquireThisVrf(vrf: number, networkId: string, share: boolean): Promise<void> {
    return this.vrfs.acquireThis(vrf, networkId, share);
  }

  /**
   * Gives back the network's VRF, also the `recorded` one that its document names; it is free once no other network shares
   * it. Idempotent.
   */
  releaseVrf(networkId: string, recorded?: number): Promise<void> {
    return this.vrfs.releaseAll(networkId, recorded);
  }

  /** An AS number that no other allocation has, owned by the allocation with this uuid. Throws `exhausted`. */
  async acquireAsn(allocation: string): Promise<number> {
    return ASN_BASE + (await this.asns.acquire(allocation));
  }

  /** This AS number, for an allocation that says it has it. Idempotent. Throws `invalid`, `conflict`. */
  acquireThisAsn(asn: number, allocation: string): Promise<void> {
    return this.asns.acquireThis(asn - ASN_BASE, allocation, false);
  }

  /** Ends one ownership; idempotent. */
  releaseThisVrf(vrf: number, networkId: string): Promise<void> {
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
   * Gives back every AS number of the allocation, also the `recorded` one that its machine names. Idempotent; never
   * touches another allocation's.
   */
  releaseAsn(allocation: string, recorded?: number): Promise<void> {
    return this.asns.releaseAll(allocation, recorded === undefined ? undefined : recorded - ASN_BASE);
  }

  /** AS numbers of the allocation, ascending. */
  asnsOf(allocation: string): number[] {
    return this.asns.ownedBy(allocation).map((number) => ASN_BASE + number);
  }

  /** Every allocation that owns an AS number, and since when. */
  asnOwners(): Iterable<{ owner: string; acquired: string }> {
    return this.asns.owners();
  }
}

/** The pool's numbers of a range of AS numbers. */
const withoutBase = ({ first, last }: SlotRange): SlotRange => ({
  first: first - BigInt(ASN_BASE),
  last: last - BigInt(ASN_BASE),
});
