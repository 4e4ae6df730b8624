import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { Store } from '../../../platform/store/store.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { AllocationId, MachineId } from '../../../shared/id.js';
import { IpService } from '../../ip/ip.service.js';
import { PoolService } from '../../pool/pool.service.js';
import { MachineRepository } from '../core/machine.repository.js';

/** An allocation that owns resources, but no machine. */
export interface Orphan {
  readonly allocation: AllocationId;
  readonly machineId: MachineId | undefined;
}

/** Finds resources of allocations that have no machine, and releases them. */
@Injectable()
export class OrphanedAllocations {
  /** Allocations that appeared orphaned in the last pass. */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    private readonly machines: MachineRepository,
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly log: AppLogger,
    private readonly ips: IpService,
    private readonly pools: PoolService,
    private readonly store: Store,
  ) {}

  /**
   * Finds allocations that own an address or ASN but belong to no machine. A mistake would give a tenant's address to
   * another tenant. Therefore orphans are only determined from a complete mirror, on a shared database only after two
   * consecutive passes, and a recorded machine is re-read from the database.
   */
  async find(time: number): Promise<Orphan[]> {
    const found = this.store.ready ? this.ownerless(time) : [];
    const certain = time === Number.POSITIVE_INFINITY;
    const due = found.filter(({ allocation }) => certain || this.suspects.has(allocation));
    this.suspects = new Set(found.map(({ allocation }) => allocation));
    for (const { machineId } of due) if (machineId !== undefined) await this.machines.readFresh(machineId);
    return due.filter(({ allocation }) => !this.isOwned(allocation));
  }

  /** Releases by owner, so that a resource with another owner by now stays. Idempotent. */
  async release({ machineId, allocation }: Orphan): Promise<void> {
    this.log.warn(`allocation ${allocation} is orphaned, releasing its resources`);
    if (machineId !== undefined) await this.ips.releaseAllocation(machineId, allocation, 'failed');
    await this.pools.releaseAsn(allocation);
  }

  /**
   * According to this process's mirror, which may lag. Resources may be acquired while their machine is claimed, so those
   * younger than twice the maximum duration of an allocation are skipped: an allocation whose claim was stored later than
   * after one does not use them (`Acquisition`).
   */
  private ownerless(time: number): Orphan[] {
    const isOld = (since: string): boolean => Date.parse(since) < time - 2 * this.config.allocation.timeout;
    const found = new Map<AllocationId, Orphan>();
    for (const { owner, acquired } of this.pools.asnOwners()) {
      if (isOld(acquired)) found.set(owner, { allocation: owner, machineId: undefined });
    }
    for (const { machineId, allocation, attached } of this.ips.attachments()) {
      if (isOld(attached)) found.set(allocation, { allocation, machineId });
    }
    return [...found.values()].filter(({ allocation }) => !this.isOwned(allocation));
  }

  private isOwned(allocation: AllocationId): boolean {
    return this.machines.by('allocation', allocation).length > 0;
  }
}
