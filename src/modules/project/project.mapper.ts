import { nameFields, toMetaDto, toQuotas, toQuotaSetDto } from '../tenant/tenant.mapper.js';
import type { ProjectDto, ProjectFindRequest, ProjectResponse } from './project.dto.js';
import type { Project } from './project.js';
import type { ProjectQuery, ProjectSpec } from './project.service.js';

export const toProjectSpec = (body: ProjectDto): ProjectSpec => ({
  name: body.name ?? '',
  description: body.description ?? '',
  tenantId: body.tenant_id ?? '',
  quotas: body.quotas && toQuotas(body.quotas),
});

export const toProjectQuery = (body: ProjectFindRequest): ProjectQuery => ({
  id: body.id,
  name: body.name,
  description: body.description,
  tenantId: body.tenant_id,
});

/** Omits empty parts, except for the usage of machines and IPs, which is always present. */
export function toProjectResponse(project: Project, used: { machine: number; ip: number }): ProjectResponse {
  const quotas = toQuotaSetDto(project.quotas);
  return {
    meta: toMetaDto('Project', project),
    ...nameFields(project),
    tenant_id: project.tenantId,
    quotas: {
      ...quotas,
      machine: { ...quotas.machine, used: used.machine },
      ip: { ...quotas.ip, used: used.ip },
    },
  };
}
