import { Inject, Injectable } from '@nestjs/common';
import { isShared } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import type { Tenant } from '../tenant/tenant.js';
import { enterProject } from './project-ledger.js';
import type { ProjectLedger } from './project-ledger.js';
import { projectLedgerTable } from './project.table.js';

/** After so many milliseconds every replica sees what one of them has written. */
const FEED_HORIZON = 2_000;

/** Holds the quotas of tenants for projects, also when several replicas create them at once. */
@Injectable()
export class ProjectQuota {
  private readonly horizon: number;

  constructor(
    @InjectTable(projectLedgerTable) private readonly ledgers: Table<ProjectLedger>,
    @Inject(CLOCK) private readonly clock: Clock,
    @InjectConfig() config: Config,
  ) {
    this.horizon = isShared(config) ? FEED_HORIZON : 0;
  }

  /**
   * Creates a project of the tenant unless that has none left; `seen` tells the ids of those that exist. Throws
   * `invalid`, and what `create` throws.
   */
  async spend<T>(tenant: Tenant, project: string, seen: () => readonly string[], create: () => Promise<T>): Promise<T> {
    if (tenant.quotas.project === undefined) return create();
    await this.ledgers.upsert(tenant.id, (ledger) => enterProject(ledger, tenant, project, seen(), this.clock.now()));
    try {
      const created = await create();
      setTimeout(() => void this.forget(tenant.id, project).catch(() => undefined), this.horizon).unref();
      return created;
    } catch (error) {
      await this.forget(tenant.id, project).catch(() => undefined);
      throw error;
    }
  }

  /** Takes a project out of the ledger: everybody sees it, or that it is gone. Idempotent. */
  async forget(tenant: string, project: string): Promise<void> {
    if (!this.ledgers.get(tenant)?.pending.some((entry) => entry.project === project)) return;
    await this.ledgers.update(tenant, (ledger) => ({
      ...ledger,
      pending: ledger.pending.filter((entry) => entry.project !== project),
    }));
  }
}
