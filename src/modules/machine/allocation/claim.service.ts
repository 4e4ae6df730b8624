import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { markConfirmed } from '../../../platform/store/confirmed.js';
import { Backoff } from '../../../shared/concurrency/backoff.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError, invalid, isDomainError, notFound } from '../../../shared/errors/domain-error.js';
import type { AllocationId, BundleId, MachineId } from '../../../shared/id.js';
import { layoutProblem } from '../../filesystem-layout/filesystem-layout.js';
import { MachineRepository } from '../core/machine.repository.js';
import { checkClaimable, claimMachine } from '../core/transitions/allocation.js';
import type { NewClaim } from '../core/transitions/allocation.js';
import { WorkLease } from '../core/work-lease.js';
import type { Machine } from '../machine.js';
import { MachineQuotas } from './machine-quotas.service.js';
import type { Acquisition } from './acquisition.js';
import { PlacementService } from './placement.service.js';
import type { Specification } from './specification.js';
import { isGranted } from './wanted.js';
import type { Outcomes, WantedMachine } from './wanted.js';

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
   * Claims a machine for the future allocation `allocation`. Begins the acquisition at the same time, for the first
   * machine that it tries; if that is lost, withdraws it. Not for a machine that the request names: of several requests for
   * it, those that lose must not take the last address from the one that wins. Throws `NoMachineAvailable`, `invalid` if the
   * project's quota is used up, `not-found` for an unknown UUID; then the acquisition may have begun. Resolves conflicts
   * with other claims by retrying.
   */
  async claim(specification: Specification, allocation: AllocationId, acquisition: Acquisition): Promise<Machine> {
    await this.quotas.reserve(specification, allocation);
    const wanted = { specification, allocation };
    const first = await this.select(wanted);
    if (specification.request.uuid === undefined) acquisition.begin(first.id);
    const claimed = await this.tryTake(first, this.claimOf(specification, allocation));
    if (claimed) return claimed;
    await acquisition.withdraw();
    return this.take(wanted);
  }

  /**
   * Claims a machine for each future allocation of a bundle. Quotas and places are decided for all together. Throws
   * `invalid` if a project's quota is used up. If one allocation gets no machine, others may have theirs claimed:
   * undoing that is up to the caller, as is `abandon` for each.
   */
  async claimTogether(wanted: readonly WantedMachine[], bundle: BundleId): Promise<Outcomes<Machine>> {
    await this.quotas.reserveTogether(wanted);
    const isNamed = ({ specification }: WantedMachine): boolean => specification.request.uuid !== undefined;
    const named = await this.takeInOrder(wanted.filter(isNamed), bundle);
    if (!isGranted(named)) return named;
    const others = wanted.filter((one) => !isNamed(one));
    const places = await this.placement.placeTogether(others);
    if (!isGranted(places))
      return new Map([...named, ...[...places].filter(([, outcome]) => outcome instanceof Error)]);
    return new Map([...named, ...(await this.takeAll(others, bundle, places))]);
  }

  /**
   * Claims machines that requests name. In one order and until the first that fails, so that of two bundles that name the
   * same machines one gets all.
   */
  private async takeInOrder(wanted: readonly WantedMachine[], bundle: BundleId): Promise<Outcomes<Machine>> {
    const nameOf = ({ specification }: WantedMachine): string => specification.request.uuid ?? '';
    const outcomes = new Map<AllocationId, Machine | Error>();
    for (const one of [...wanted].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
      outcomes.set(one.allocation, await this.take(one, bundle).catch((error: Error) => error));
      if (!isGranted(outcomes)) break;
    }
    return outcomes;
  }

  private async takeAll(
    wanted: readonly WantedMachine[],
    bundle: BundleId,
    places: ReadonlyMap<AllocationId, Machine>,
  ): Promise<Outcomes<Machine>> {
    const take = async (one: WantedMachine): Promise<[AllocationId, Machine | Error]> => [
      one.allocation,
      await this.take(one, bundle, places.get(one.allocation)).catch((error: Error) => error),
    ];
    return new Map(await Promise.all(wanted.map(take)));
  }

  /** Claims the place, or the machine that the request names, or the one that is best when it is taken meanwhile. */
  private async take(wanted: WantedMachine, bundle?: BundleId, place?: Machine): Promise<Machine> {
    const { specification, allocation } = wanted;
    const claim = { ...this.claimOf(specification, allocation), ...(bundle !== undefined && { bundle }) };
    let next = place;
    for (const backoff = new Backoff(); backoff.attempts < ATTEMPTS; await backoff.wait()) {
      const claimed = await this.tryTake(next ?? (await this.select(wanted)), claim);
      if (claimed) return claimed;
      next = undefined;
    }
    throw new DomainError('unavailable', 'too many allocations compete for the same machines, try again later');
  }

  /** Claims the machine as it was chosen; undefined if it has changed since. */
  private async tryTake(chosen: Machine, claim: NewClaim): Promise<Machine | undefined> {
    try {
      return await this.machines.changeRevision(chosen, (machine, now) => claimMachine(machine, claim, now));
    } catch (error) {
      if (!isDomainError(error, 'conflict', 'not-found')) throw error;
      return undefined;
    }
  }

  private select(wanted: WantedMachine): Promise<Machine> {
    const { uuid } = wanted.specification.request;
    return uuid ? this.selectByUuid(uuid, wanted.specification) : this.placement.place(wanted);
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

  /** The machine, if it can be claimed now; throws what `claim` would throw for a request of exactly this machine. */
  checkMachine(uuid: MachineId, specification: Specification): Machine {
    return this.allocatable(uuid, this.machines.get(uuid), specification);
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
