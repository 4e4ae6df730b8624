import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { StoreModule } from '../../platform/store/store.module.js';
import { TenantModule } from '../tenant/tenant.module.js';
import { ProjectController } from './project.controller.js';
import { ProjectReferences } from './project.js';
import { ProjectQuota } from './project-quota.service.js';
import { ProjectService } from './project.service.js';
import { projectQuotaLedgerTable, projectTable } from './project.table.js';

@Module({
  imports: [StoreModule.tables(projectTable, projectQuotaLedgerTable), TenantModule],
  controllers: [ProjectController],
  providers: [ProjectService, ProjectQuota, ProjectReferences],
  exports: [ProjectService, ProjectReferences],
})
export class ProjectModule implements OnApplicationBootstrap {
  constructor(
    private readonly projects: ProjectService,
    @InjectConfig() private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.projects.ensureSystemProject(this.config.auth.providerTenant);
  }
}
