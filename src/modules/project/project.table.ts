import { defineTable } from '../../platform/store/table.js';
import type { ProjectLedger } from './project-ledger.js';
import type { Project } from './project.js';

export const projectTable = defineTable<Project>()({
  name: 'project',
  indexes: { tenant: (project) => project.tenantId },
});

export const projectLedgerTable = defineTable<ProjectLedger>()({ name: 'projectledger' });
