import { defineTable } from '../../platform/store/table.js';
import type { ProjectQuotaLedger } from './project-quota-ledger.js';
import type { Project } from './project.js';

export const projectTable = defineTable<Project>()({
  name: 'project',
  indexes: { tenant: (project) => project.tenantId },
});

export const projectQuotaLedgerTable = defineTable<ProjectQuotaLedger>()({ name: 'projectledger' });
