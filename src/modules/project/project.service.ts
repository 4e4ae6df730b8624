import { quoted } from '../../shared/text.js';
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Entities } from '../../platform/store/entities.js';
import { InjectTable } from '../../platform/store/inject.js';
import type { Table } from '../../platform/store/table.js';
import { CLOCK } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { DomainError, invalid, isDomainError, malformed } from '../../shared/errors/domain-error.js';
import { enrolled, replaced, TenantReferences } from '../tenant/tenant.js';
import type { Fields, Meta, Quotas } from '../tenant/tenant.js';
import { TenantService } from '../tenant/tenant.service.js';
import { ProjectQuota } from './project-quota.service.js';
import { ProjectReferences, SYSTEM_PROJECT } from './project.js';
import type { Project } from './project.js';
import { projectTable } from './project.table.js';

/** Every given field must match. */
export interface ProjectQuery {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly tenantId?: string;
}

/** What a client says about a project; without quotas a new one gets those that its tenant has for new projects. */
export interface ProjectSpec extends Omit<Fields<Project>, 'quotas'> {
  readonly quotas: Quotas | undefined;
}

/** Projects: who owns machines, networks and addresses. */
@Injectable()
export class ProjectService extends Entities<Project, 'tenant'> {
  constructor(
    @InjectTable(projectTable) projects: Table<Project, 'tenant'>,
    @Inject(CLOCK) private readonly clock: Clock,
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
   * Without an id a random one is taken. Throws `malformed` without a tenant, `not-found` for an unknown one,
   * `already-exists`, also when the tenant has no project left: who applies a project again changes it. `invalid` when
   * it has none left, or for a wrong kind.
   */
  async create(meta: Meta, spec: ProjectSpec): Promise<Project> {
    if (!spec.tenantId) throw malformed('tenant_id of a project must not be empty');
    const tenant = this.tenants.get(spec.tenantId);
    const id = meta.id || randomUUID();
    if (this.find(id)) throw new DomainError('already-exists', `project with id "${id}" already exists`);
    const fields = { ...spec, quotas: spec.quotas ?? tenant.defaultQuotas ?? {} };
    const project = enrolled<Project>('Project', id, meta, fields, this.clock.now());
    const seen = () => this.table.by('tenant', tenant.id).map((existing) => existing.id);
    return this.quota.spend(tenant, id, seen, () => this.table.insert(project));
  }

  /**
   * Throws `malformed` without meta, `not-found`, `invalid` for another tenant or kind, `precondition` for an outdated
   * version.
   */
  async update(meta: Meta | undefined, spec: ProjectSpec): Promise<Project> {
    if (!meta) throw malformed('meta of a project to be updated must not be empty');
    const { id, tenantId } = this.get(meta.id ?? '');
    if (spec.tenantId !== tenantId) {
      throw invalid(
        spec.tenantId === ''
          ? `project "${id}" belongs to tenant "${tenantId}", tenant_id must not be empty`
          : `project "${id}" belongs to tenant "${tenantId}" and cannot move to tenant ${quoted(spec.tenantId, 60)}`,
      );
    }
    const fields = { ...spec, quotas: spec.quotas ?? {} };
    return this.table.update(id, (stored) => replaced('Project', stored, meta, fields, this.clock.now()));
  }

  /** Throws `not-found`, and `malformed` while it has machines, networks, IPs or size reservations. */
  async delete(id: string): Promise<Project> {
    const project = this.get(id);
    this.references.refuseIfAny('project', id, 'malformed');
    await this.table.remove(id);
    await this.quota.forget(project.tenantId, id);
    return project;
  }

  /** Ordered by id. */
  search(query: ProjectQuery): Project[] {
    const wanted = Object.entries(query).filter(([, value]) => value !== undefined);
    return this.list((project) => wanted.every(([field, value]) => project[field as keyof Project] === value));
  }

  /** How many allocated machines (firewalls included) and IPs the project has. */
  usage(id: string): { machine: number; ip: number } {
    const count = (what: string): number => this.references.idsOf(what, id).length;
    return { machine: count('machines'), ip: count('ips') };
  }

  /** Makes sure that the operator's own project exists; idempotent, also when several processes start at once. */
  async ensureSystemProject(tenantId: string): Promise<void> {
    if (this.find(SYSTEM_PROJECT)) return;
    await this.tenants.ensure(tenantId);
    const fields = { name: 'system', description: 'what belongs to the operator', tenantId, quotas: {} };
    // Not by `create`: no quota may keep the server from starting.
    const project = enrolled<Project>('Project', SYSTEM_PROJECT, {}, fields, this.clock.now());
    await this.table.insert(project).catch((error: unknown) => {
      if (!isDomainError(error, 'already-exists')) throw error;
    });
  }
}
