import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { after } from '../../../shared/concurrency/timers.js';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import type { Content } from '../../../shared/document.js';
import { invalid } from '../../../shared/errors/domain-error.js';
import type { AllocationId, ProjectId } from '../../../shared/id.js';
import { MachineRepository } from '../core/machine.repository.js';
import { pluralize } from '../../../shared/text.js';
import { machineQuotaLedgerTable } from './allocation-ledgers.table.js';
import { feedHorizon } from './feed-horizon.js';
import { heldMachines, reserveMachineQuota } from './machine-quota-ledger.js';
import type { MachineQuotaLedger, MachineQuotaUse } from './machine-quota-ledger.js';
import type { Specification } from './specification.js';
import type { Outcomes, WantedMachine } from './wanted.js';

/** Keeps allocations within the machine quotas of projects (docs/reference/machine-allocation.md#quotas). */
@Injectable()
export class MachineQuotas {
  private readonly horizon: number;

  constructor(
    private readonly machines: MachineRepository,
    @InjectTable(machineQuotaLedgerTable) private readonly ledgers: Table<MachineQuotaLedger>,
    @InjectConfig() config: Config,
    @InjectClock() private readonly clock: Clock,
  ) {
    this.horizon = feedHorizon(config);
  }

  /** Counts a future allocation. Throws `invalid` if the project's quota is used up. */
  async reserve(specification: Specification, allocation: AllocationId): Promise<void> {
    const quota = quotaOf(specification);
    if (quota === undefined) return;
    const { id } = specification.project;
    await this.ledgers.upsert(id, (ledger) => reserveMachineQuota(ledger, id, allocation, this.use(id, quota)));
  }

  /** Counts several future allocations, all of a project in one write. Throws as `reserve` does. */
  async reserveTogether(wanted: readonly WantedMachine[]): Promise<void> {
    // In one order, so that of two requests with several projects one gets all it needs.
    for (const [id, { quota, allocations }] of [...limited(wanted)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      await this.ledgers.upsert(id, (ledger) => this.withAll(ledger, id, quota, allocations));
    }
  }

  /** Throws what `reserve` would throw now; changes nothing. */
  check(specification: Specification): void {
    const quota = quotaOf(specification);
    const { id } = specification.project;
    if (quota !== undefined) reserveMachineQuota(this.ledgers.get(id), id, '', this.use(id, quota));
  }

  /** The allocations that `reserveTogether` would refuse now, as far as memory knows; changes nothing. */
  refusedTogether(wanted: readonly WantedMachine[]): Outcomes<undefined> {
    const refused = new Map<AllocationId, Error>();
    for (const [id, { quota, allocations }] of limited(wanted)) {
      const use = this.use(id, quota);
      const free = quota - heldMachines(this.ledgers.get(id), use);
      for (const allocation of allocations.slice(Math.max(free, 0))) {
        const left = free > 0 ? `${free} of ${allocations.length} machines can` : 'no machine can';
        refused.set(
          allocation,
          invalid(`project "${id}" has a quota of ${pluralize(quota, 'machine')}: ${left} be added`),
        );
      }
    }
    return refused;
  }

  /** Removes a failed allocation. Idempotent. */
  async leave(specification: Specification, allocation: AllocationId): Promise<void> {
    if (quotaOf(specification) !== undefined) await this.remove(specification.project.id, allocation);
  }

  /**
   * Removes a successful allocation, as soon as every replica sees the machine itself. Not awaited: until then, or if
   * this process dies first, processes that see the machine ignore the entry.
   */
  leaveLater(specification: Specification, allocation: AllocationId): void {
    if (quotaOf(specification) === undefined) return;
    const { id } = specification.project;
    const leave = (): void => void this.remove(id, allocation).catch(() => undefined);
    after(this.horizon, leave);
  }

  private async remove(project: string, allocation: AllocationId): Promise<void> {
    await this.ledgers.upsert(project, (ledger) => ({
      id: project,
      pending: (ledger?.pending ?? []).filter((entry) => entry.allocation !== allocation),
    }));
  }

  private withAll(
    ledger: MachineQuotaLedger | undefined,
    id: ProjectId,
    quota: number,
    allocations: readonly AllocationId[],
  ): Content<MachineQuotaLedger> {
    const use = this.use(id, quota);
    return allocations.reduce<Content<MachineQuotaLedger>>(
      (held, allocation) => reserveMachineQuota(held, id, allocation, use),
      ledger ?? { id, pending: [] },
    );
  }

  private use(project: string, quota: number): MachineQuotaUse {
    return {
      quota,
      machines: this.machines
        .by('owner', project)
        .filter((machine) => (machine.allocation ?? machine.claim)?.role === 'machine').length,
      shown: (other) => this.machines.by('allocation', other).length > 0,
      now: this.clock.now(),
    };
  }
}

/** The allocations that count, by project with a quota. */
function limited(
  wanted: readonly WantedMachine[],
): ReadonlyMap<ProjectId, { readonly quota: number; readonly allocations: AllocationId[] }> {
  const projects = new Map<ProjectId, { quota: number; allocations: AllocationId[] }>();
  for (const { specification, allocation } of wanted) {
    const quota = quotaOf(specification);
    if (quota === undefined) continue;
    const { id } = specification.project;
    const project = projects.get(id) ?? { quota, allocations: [] };
    projects.set(id, project);
    project.allocations.push(allocation);
  }
  return projects;
}

/** Quotas only count machines; firewalls are not limited. */
const quotaOf = ({ request, project }: Pick<Specification, 'request' | 'project'>): number | undefined =>
  request.role === 'machine' ? project.quotas.machine : undefined;
