import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { AuthModule } from '../../platform/auth/auth.module.js';
import { Issuers } from '../../platform/auth/oidc/issuers.js';
import { StoreModule } from '../../platform/store/store.module.js';
import { TenantController } from './tenant.controller.js';
import { issuersOf } from './tenant-issuers.js';
import { TenantReferences } from './tenant.js';
import { TenantService } from './tenant.service.js';
import { tenantTable } from './tenant.table.js';

/**
 * The operator's tenant exists from the first start: its users may call this API, also with tokens of the issuer that
 * the tenant names.
 */
@Module({
  imports: [AuthModule, StoreModule.tables(tenantTable)],
  controllers: [TenantController],
  providers: [TenantService, TenantReferences],
  exports: [TenantService, TenantReferences],
})
export class TenantModule implements OnApplicationBootstrap {
  constructor(
    private readonly tenants: TenantService,
    private readonly issuers: Issuers,
    @InjectConfig() private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { providerTenant } = this.config.auth;
    this.issuers.add(() => issuersOf(this.tenants.find(providerTenant)));
    await this.tenants.ensure(providerTenant);
  }
}
