import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { enrolled, replaced, TenantReferences } from './tenant.js';
import type { Fields, Meta, Tenant } from './tenant.js';
import { tenantTable } from './tenant.table.js';

/** Every given field must match; of the annotations all that are given. */
export interface TenantQuery {
  readonly id?: string;
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly paging?: { readonly page?: number; readonly count?: number };
}

/** Elements of a page whose size the client does not say. */
const PAGE_SIZE = 100;

/** Customers and what they may have; the provider is one of them, which the configuration names. */
@Injectable()
export class TenantService extends Entities<Tenant> {
  constructor(
    @InjectTable(tenantTable) tenants: Table<Tenant>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly references: TenantReferences,
  ) {
    super('tenant', tenants);
  }

  /** Without an id a random one is taken. Throws `invalid` for a wrong kind, `already-exists`. */
  async create(meta: Meta, fields: Fields<Tenant>): Promise<Tenant> {
    return this.table.insert(enrolled<Tenant>('Tenant', meta.id || randomUUID(), meta, fields, this.clock.now()));
  }

  /** Throws `malformed` without meta, `not-found`, `precondition` for an outdated version, `invalid`. */
  async update(meta: Meta | undefined, fields: Fields<Tenant>): Promise<Tenant> {
    if (!meta) throw malformed('meta of a tenant to be updated must not be empty');
    this.get(meta.id ?? '');
    return this.table.update(meta.id ?? '', (stored) => replaced('Tenant', stored, meta, fields, this.clock.now()));
  }

  /** Throws `not-found`, and `invalid` while it has projects. */
  async delete(id: string): Promise<Tenant> {
    const tenant = this.get(id);
    this.references.refuseIfAny('tenant', id);
    await this.table.remove(id);
    return tenant;
  }

  /** Ordered by id; pages count from 0. */
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

  /** Makes sure that a tenant exists; idempotent, also when several processes start at once. */
  async ensure(id: string): Promise<void> {
    if (this.find(id)) return;
    const fields = { name: id, description: '', defaultQuotas: undefined, quotas: {}, iam: undefined };
    await this.create({ id }, fields).catch((error: unknown) => {
      if (!isDomainError(error, 'already-exists')) throw error;
    });
  }
}
