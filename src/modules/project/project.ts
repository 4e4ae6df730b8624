import { References } from '../../shared/references.js';
import type { MasterData, Quotas } from '../tenant/tenant.js';

/** Owns machines, networks and addresses; belongs to a tenant. */
export interface Project extends MasterData {
  readonly tenantId: string;
  readonly quotas: Quotas;
}

/**
 * Features that refer to projects: `machines` (allocated, including firewalls), `networks`, `ips` and `size
 * reservations`. They provide usage figures and prevent the deletion of projects in use.
 */
export class ProjectReferences extends References {}

/** Owner of the operator's own resources; exists from the first start (docs/reference/process.md#deployment-facts). */
export const SYSTEM_PROJECT = '00000000-0000-0000-0000-000000000000';
