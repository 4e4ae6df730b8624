import { References } from '../../shared/references.js';
import type { MasterData, Quotas } from '../tenant/tenant.js';

/** Owns machines, networks and addresses; belongs to a tenant. */
export interface Project extends MasterData {
  readonly tenantId: string;
  readonly quotas: Quotas;
}

/**
 * Who refers to projects: `machines` (allocated, firewalls included), `networks`, `ips` and `size reservations`. Usage
 * figures and the refusal to delete a project in use come from here.
 */
export class ProjectReferences extends References {}

/** Owner of what belongs to the operator; exists from the first start on (reference/40 §5.5). */
export const SYSTEM_PROJECT = '00000000-0000-0000-0000-000000000000';
