import { append } from '../../shared/append.js';
import type { Content } from '../../shared/document.js';
import { ZERO_TIME } from '../../shared/clock.js';
import { SYSTEM_PROJECT, type Project } from '../../modules/project/project.js';
import type { Tenant } from '../../modules/tenant/tenant.js';
import type { Notes } from '../notes.js';

/** Where a project is named. */
export interface ProjectUse {
  /** Kind and id of the document. */
  readonly user: string;
  readonly projectId: string | undefined;
}

const CREATED = 'created by metal-api import: the existing installation refers to it, but did not have it';

const placeholder = (id: string) => ({
  id,
  version: 0,
  created: ZERO_TIME,
  updated: '',
  annotations: {},
  labels: [],
  name: id,
  description: CREATED,
});

/** Projects that are named somewhere but do not exist. */
export function missingProjects(
  known: readonly Content<Project>[],
  uses: readonly ProjectUse[],
  providerTenant: string,
  notes: Notes,
): Content<Project>[] {
  const ids = new Set([SYSTEM_PROJECT, ...known.map(({ id }) => id)]);
  const users = new Map<string, string[]>();
  for (const { user, projectId } of uses) {
    if (!projectId || ids.has(projectId)) continue;
    append(users, projectId, user);
  }
  return [...users].map(([id, names]) => {
    notes.inconsistent('unknown-project', [`project ${id}`, ...names], `owns ${names.join(', ')}`);
    return { ...placeholder(id), tenantId: providerTenant, quotas: {} };
  });
}

/** Tenants of projects that do not exist; the provider tenant is created by every server. */
export function missingTenants(
  known: readonly Content<Tenant>[],
  projects: readonly Content<Project>[],
  providerTenant: string,
  notes: Notes,
): Content<Tenant>[] {
  const ids = new Set([providerTenant, ...known.map(({ id }) => id)]);
  const missing = new Map<string, string[]>();
  for (const { id, tenantId } of projects) {
    if (tenantId === '' || ids.has(tenantId)) continue;
    append(missing, tenantId, `project ${id}`);
  }
  return [...missing].map(([id, names]) => {
    notes.inconsistent('unknown-tenant', [`tenant ${id}`, ...names], `has ${names.join(', ')}`);
    return { ...placeholder(id), defaultQuotas: undefined, quotas: {}, iam: undefined };
  });
}
