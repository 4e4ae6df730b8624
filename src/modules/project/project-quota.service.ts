import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { after } from '../../shared/concurrency/timers.js';
import { isDatabaseShared } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import type { Clock } from '../../shared/clock.js';
import type { Tenant } from '../tenant/tenant.js';
import { reserveProjectQuota } from './project-quota-ledger.js';
import type { ProjectQuotaLedger } from './project-quota-ledger.js';
import { projectQuotaLedgerTable } from './project.table.js';

/** Time within which every replica sees the writes of another one, in milliseconds. */
const FEED_HORIZON = 2_000;

/** Enforces the project quotas of tenants, even if several replicas create projects concurrently. */
@Injectable()
export class ProjectQuota {
  private readonly horizon: number;

  constructor(
    @InjectTable(projectQuotaLedgerTable) private readonly ledgers: Table<ProjectQuotaLedger>,
    @InjectClock() private readonly clock: Clock,
    @InjectConfig() config: Config,
  ) {
    this.horizon = isDatabaseShared(config) ? FEED_HORIZON : 0;
  }

  /**
   * Creates a project of the tenant within its quota; `seen` returns the IDs of existing projects. Throws `invalid` if
   * the quota is exhausted, and the errors of `create`.
   */
  async createWithinQuota<T>(
    tenant: Tenant,
    project: string,
    seen: () => readonly string[],
    create: () => Promise<T>,
  ): Promise<T> {
    if (tenant.quotas.project === undefined) return create();
    await this.ledgers.upsert(tenant.id, (ledger) =>
      reserveProjectQuota(ledger, tenant, project, seen(), this.clock.now()),
    );
    try {
      const created = await create();
      after(this.horizon, () => void this.forget(tenant.id, project).catch(() => undefined));
      return created;
    } catch (error) {
      await this.forget(tenant.id, project).catch(() => undefined);
      throw error;
    }
  }

  /** Removes a project from the ledger, once every replica sees it or its deletion. Idempotent. */
  async forget(tenant: string, project: string): Promise<void> {
    if (!this.ledgers.get(tenant)?.pending.some((entry) => entry.project === project)) return;
    await this.ledgers.update(tenant, (ledger) => ({
      ...ledger,
      pending: ledger.pending.filter((entry) => entry.project !== project),
    }));
  }
}
