import type { Optional } from '../../shared/entity.js';
import { InjectClock } from '../../platform/time/inject-clock.js';
import { quoteText } from '../../shared/text.js';
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EntityService } from '../../platform/store/entity-service.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import type { Clock } from '../../shared/clock.js';
import { DomainError, invalid, isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { createMasterData, replaceMasterData, TenantReferences } from '../tenant/tenant.js';
import type { MasterDataFields, MasterDataMeta, Quotas } from '../tenant/tenant.js';
import { TenantService } from '../tenant/tenant.service.js';
import { ProjectQuota } from './project-quota.service.js';
import { ProjectReferences, SYSTEM_PROJECT } from './project.js';
import type { Project } from './project.js';
import { projectTable } from './project.table.js';

/** All given fields must match. */
export type ProjectQuery = Optional<{
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly tenantId: string;
}>;

/** Fields that a client may set; without quotas, a new project gets its tenant's quotas for new projects. */
export interface ProjectSpec extends Omit<MasterDataFields<Project>, 'quotas'> {
  readonly quotas: Quotas | undefined;
}

/** Manages projects: the owners of machines, networks and addresses. */
@Injectable()
export class ProjectService extends EntityService<Project, 'tenant'> {
  constructor(
    @InjectTable(projectTable) projects: Table<Project, 'tenant'>,
    @InjectClock() private readonly clock: Clock,
    private readonly references: ProjectReferences,
    private readonly tenants: TenantService,
    private readonly quota: ProjectQuota,
    tenantReferences: TenantReferences,
  ) {
    super('project', projects);
    tenantReferences.add({
      what: 'projects',
      idsOf: (tenantId) => projects.by('tenant', tenantId).map(({ id }) => id),
    });
  }

  /**
   * Generates an ID if none is given. Throws `malformed` without a tenant, `not-found` for an unknown one,
   * `already-exists` (checked before the quota, so that applying an existing project updates it), and `invalid` if the
   * tenant's quota is exhausted or the kind is wrong.
   */
  async create(meta: MasterDataMeta, spec: ProjectSpec): Promise<Project> {
    if (!spec.tenantId) throw malformed('tenant_id of a project must not be empty');
    const tenant = this.tenants.get(spec.tenantId);
    const id = meta.id || randomUUID();
    if (this.find(id)) throw new DomainError('already-exists', `project with id "${id}" already exists`);
    const fields = { ...spec, quotas: spec.quotas ?? tenant.defaultQuotas ?? {} };
    const project = createMasterData<Project>('Project', id, meta, fields, this.clock.now());
    const seen = () => this.table.by('tenant', tenant.id).map((existing) => existing.id);
    return this.quota.createWithinQuota(tenant, id, seen, () => this.table.insert(project));
  }

  /**
   * Throws `malformed` without meta, `not-found`, `invalid` for another tenant or kind, `precondition` for an outdated
   * version.
   */
  async update(meta: MasterDataMeta | undefined, spec: ProjectSpec): Promise<Project> {
    if (!meta) throw malformed('meta must not be empty in a project update');
    const { id, tenantId } = this.get(meta.id ?? '');
    if (spec.tenantId !== tenantId) {
      throw invalid(
        spec.tenantId === ''
          ? `project "${id}" belongs to tenant "${tenantId}", tenant_id must not be empty`
          : `project "${id}" belongs to tenant "${tenantId}" and cannot move to tenant ${quoteText(spec.tenantId, 60)}`,
      );
    }
    const fields = { ...spec, quotas: spec.quotas ?? {} };
    return this.table.update(id, (stored) => replaceMasterData('Project', stored, meta, fields, this.clock.now()));
  }

  /** Throws `not-found`, and `malformed` while it has machines, networks, IPs or size reservations. */
  async delete(id: string): Promise<Project> {
    const project = this.get(id);
    this.references.assertUnreferenced('project', id, 'malformed');
    await this.table.remove(id);
    await this.quota.forget(project.tenantId, id);
    return project;
  }

  /** Ordered by id. */
  search(query: ProjectQuery): Project[] {
    const wanted = Object.entries(query).filter(([, value]) => value !== undefined);
    return this.list((project) => wanted.every(([field, value]) => project[field as keyof Project] === value));
  }

  /** Number of allocated machines (including firewalls) and IPs of the project. */
  usage(id: string): { machine: number; ip: number } {
    const count = (what: string): number => this.references.idsOf(what, id).length;
    return { machine: count('machines'), ip: count('ips') };
  }

  /** Ensures that the operator's own project exists; idempotent, even if several processes start at the same time. */
  async ensureSystemProject(tenantId: string): Promise<void> {
    if (this.find(SYSTEM_PROJECT)) return;
    await this.tenants.ensure(tenantId);
    const fields = { name: 'system', description: 'what belongs to the operator', tenantId, quotas: {} };
    // Not through `create`: a quota must not keep the server from starting.
    const project = createMasterData<Project>('Project', SYSTEM_PROJECT, {}, fields, this.clock.now());
    await this.table.insert(project).catch((error: unknown) => {
      if (!isDomainError(error, 'already-exists')) throw error;
    });
  }
}
