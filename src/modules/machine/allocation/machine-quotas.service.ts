import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { after } from '../../../shared/concurrency/timers.js';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import type { Clock } from '../../../shared/clock.js';
import type { AllocationId } from '../../../shared/id.js';
import { MachineRepository } from '../core/machine.repository.js';
import { machineQuotaLedgerTable } from './allocation-ledgers.table.js';
import { feedHorizon } from './feed-horizon.js';
import { reserveMachineQuota } from './machine-quota-ledger.js';
import type { MachineQuotaLedger } from './machine-quota-ledger.js';
import type { Specification } from './specification.js';

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

  /** Throws what `reserve` would throw now; changes nothing. */
  check(specification: Specification): void {
    const quota = quotaOf(specification);
    const { id } = specification.project;
    if (quota !== undefined) reserveMachineQuota(this.ledgers.get(id), id, '', this.use(id, quota));
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

  private use(project: string, quota: number): Parameters<typeof reserveMachineQuota>[3] {
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

/** Quotas only count machines; firewalls are not limited. */
const quotaOf = ({ request, project }: Pick<Specification, 'request' | 'project'>): number | undefined =>
  request.role === 'machine' ? project.quotas.machine : undefined;
