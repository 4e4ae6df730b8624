import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { createMasterData, replaceMasterData, TenantReferences } from './tenant.js';
import type { MasterDataFields, MasterDataMeta, Tenant } from './tenant.js';
import { tenantTable } from './tenant.table.js';

/** All given fields, and all given annotations, must match. */
export interface TenantQuery {
  readonly id?: string;
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly paging?: { readonly page?: number; readonly count?: number };
}

/** Default page size. */
const PAGE_SIZE = 100;

/** Manages tenants and their quotas, including the provider tenant, which the configuration names. */
@Injectable()
export class TenantService extends EntityService<Tenant> {
  constructor(
    @InjectTable(tenantTable) tenants: Table<Tenant>,
    @InjectClock() private readonly clock: Clock,
    private readonly references: TenantReferences,
  ) {
    super('tenant', tenants);
  }

  /** Generates an ID if none is given. Throws `invalid` for a wrong kind, `already-exists`. */
  async create(meta: MasterDataMeta, fields: MasterDataFields<Tenant>): Promise<Tenant> {
    return this.table.insert(
      createMasterData<Tenant>('Tenant', meta.id || randomUUID(), meta, fields, this.clock.now()),
    );
  }

  /** Throws `malformed` without meta, `not-found`, `precondition` for an outdated version, `invalid`. */
  async update(meta: MasterDataMeta | undefined, fields: MasterDataFields<Tenant>): Promise<Tenant> {
    if (!meta) throw malformed('meta must not be empty in a tenant update');
    this.get(meta.id ?? '');
    return this.table.update(meta.id ?? '', (stored) =>
      replaceMasterData('Tenant', stored, meta, fields, this.clock.now()),
    );
  }

  /** Throws `not-found`, and `invalid` while it has projects. */
  async delete(id: string): Promise<Tenant> {
    const tenant = this.get(id);
    this.references.assertUnreferenced('tenant', id);
    await this.table.remove(id);
    return tenant;
  }

  /** Ordered by ID; pages are numbered from 0. */
  search({ id, name, annotations = {}, paging }: TenantQuery): Tenant[] {
    const found = this.list(
      (tenant) =>
        (id === undefined || tenant.id === id) &&
        (name === undefined || tenant.name === name) &&
        Object.entries(annotations).every(([key, value]) => tenant.annotations[key] === value),
    );
    if (!paging) return found;
    const count = Math.max(paging.count || PAGE_SIZE, 0);
    const start = Math.max(paging.page ?? 0, 0) * count;
    return found.slice(start, start + count);
  }

  /** Ensures that a tenant exists; idempotent, even if several processes start at the same time. */
  async ensure(id: string): Promise<void> {
    if (this.find(id)) return;
    const fields = { name: id, description: '', defaultQuotas: undefined, quotas: {}, iam: undefined };
    await this.create({ id }, fields).catch((error: unknown) => {
      if (!isDomainError(error, 'already-exists')) throw error;
    });
  }
}
