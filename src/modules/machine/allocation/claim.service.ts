import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { markConfirmed } from '../../../platform/store/confirmed.js';
import { Backoff } from '../../../shared/concurrency/backoff.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError, invalid, isDomainError, notFound } from '../../../shared/errors/domain-error.js';
import type { AllocationId, MachineId } from '../../../shared/id.js';
import { layoutProblem } from '../../filesystem-layout/filesystem-layout.js';
import { MachineRepository } from '../core/machine.repository.js';
import { checkClaimable, claimMachine } from '../core/transitions/allocation.js';
import type { NewClaim } from '../core/transitions/allocation.js';
import { WorkLease } from '../core/work-lease.js';
import type { Machine } from '../machine.js';
import { MachineQuotas } from './machine-quotas.service.js';
import { PlacementService } from './placement.service.js';
import type { Specification } from './specification.js';

const ATTEMPTS = 50;

/** Selects a machine for a specification and claims it for the allocation, before anything else is acquired. */
@Injectable()
export class ClaimService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectClock() private readonly clock: Clock,
    private readonly work: WorkLease,
    private readonly quotas: MachineQuotas,
    private readonly placement: PlacementService,
  ) {}

  /**
   * Claims a machine for the future allocation `allocation`. Throws `invalid` if none is available or the project's
   * quota is used up, `not-found` for an unknown UUID. Resolves conflicts with other claims by retrying.
   */
  async claim(specification: Specification, allocation: AllocationId): Promise<Machine> {
    await this.quotas.reserve(specification, allocation);
    const claim = this.claimOf(specification, allocation);
    for (const backoff = new Backoff(); backoff.attempts < ATTEMPTS; await backoff.wait()) {
      const { uuid } = specification.request;
      const chosen = uuid
        ? await this.selectByUuid(uuid, specification)
        : await this.placement.place(specification, allocation);
      try {
        return await this.machines.changeRevision(chosen, (machine, now) => claimMachine(machine, claim, now));
      } catch (error) {
        if (!isDomainError(error, 'conflict', 'not-found')) throw error;
      }
    }
    throw new DomainError('unavailable', 'too many allocations compete for the same machines, try again later');
  }

  /** Removes a failed allocation from the ledgers; leaves the machine's claim untouched. Idempotent. */
  async abandon(specification: Specification, allocation: AllocationId): Promise<void> {
    await this.placement.leave(specification, allocation);
    await this.quotas.leave(specification, allocation);
  }

  /** The allocation is stored and counts by itself. */
  settle(specification: Specification, allocation: AllocationId): void {
    this.quotas.leaveLater(specification, allocation);
  }

  /** Throws what `claim` would throw now for a request of exactly this machine. */
  checkMachine(uuid: MachineId, specification: Specification): void {
    this.allocatable(uuid, this.machines.get(uuid), specification);
  }

  private claimOf({ request: { role, tags }, project }: Specification, allocation: AllocationId): NewClaim {
    return { allocation, project: project.id, role, tags, ...this.work.lease };
  }

  /** Confirms refusals against the database: another replica may have just freed the machine. */
  private async selectByUuid(uuid: MachineId, specification: Specification): Promise<Machine> {
    try {
      return this.allocatable(uuid, this.machines.get(uuid), specification);
    } catch {
      const stored = await this.machines.readFresh(uuid);
      try {
        return this.allocatable(uuid, stored, specification);
      } catch (error) {
        throw markConfirmed(error);
      }
    }
  }

  /**
   * A machine that is requested by UUID may also be reserved, or not waiting: that is the purpose of reserving
   * (docs/reference/machine-allocation.md#choosing-a-machine).
   */
  private allocatable(uuid: MachineId, machine: Machine | undefined, { layout }: Specification): Machine {
    if (!machine) throw notFound('machine', uuid);
    checkClaimable(machine, this.clock.now());
    const reason = layoutProblem(layout, machine.hardware.disks);
    if (reason !== undefined) throw invalid(`machine "${uuid}" does not fit the filesystem layout: ${reason}`);
    return machine;
  }
}
