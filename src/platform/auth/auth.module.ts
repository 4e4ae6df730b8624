import { Module } from '@nestjs/common';
import type { FactoryProvider, OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/config.js';
import { APP_LOGGER } from '../../shared/app-logger.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { CLOCK } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { tableToken } from '../store/inject.js';
import { StoreModule } from '../store/store.module.js';
import type { Table } from '../store/table.js';
import { RequestAuthorizer } from './request-authorizer.js';
import { AuthGuard } from './auth.guard.js';
import { Authenticator } from './authenticator.js';
import { HmacAuthenticator } from './hmac-authenticator.js';
import { outlineAnswers } from './outline.js';
import { SignatureGuard } from './signature.guard.js';
import { signatureLog, UsedSignatures } from './used-signatures.js';
import { Jobs } from '../jobs/jobs.js';
import { Issuers } from './oidc/issuers.js';
import { apiTokenTable } from './token/api-token.table.js';
import type { ApiTokenRecord } from './token/api-token.table.js';
import { ApiTokens } from './token/api-tokens.js';
import { tokenKeyOf } from './token/token-key.js';

const PRUNE_MS = 60_000;

const hmac: FactoryProvider = {
  provide: HmacAuthenticator,
  inject: [CONFIG, CLOCK],
  useFactory: ({ auth }: Config, clock: Clock) => {
    const secrets = { viewer: auth.hmac.view, editor: auth.hmac.edit, admin: auth.hmac.admin };
    return new HmacAuthenticator({ secrets, tenant: auth.providerTenant, replays: auth.hmacReplays }, clock);
  },
};

const apiTokens: FactoryProvider = {
  provide: ApiTokens,
  inject: [CONFIG, CLOCK, APP_LOGGER, tableToken(apiTokenTable.name)],
  useFactory: (config: Config, clock: Clock, log: AppLogger, records: Table<ApiTokenRecord>) =>
    new ApiTokens(tokenKeyOf(config), config.auth.providerTenant, records, clock, log),
};

const issuers: FactoryProvider = {
  provide: Issuers,
  inject: [CONFIG, CLOCK],
  useFactory: ({ auth }: Config, clock: Clock) => new Issuers(() => auth.oidcIssuers, auth.providerTenant, clock),
};

const authenticator: FactoryProvider = {
  provide: Authenticator,
  inject: [HmacAuthenticator, ApiTokens, Issuers],
  useFactory: (...parts: ConstructorParameters<typeof Authenticator>) => new Authenticator(...parts),
};

/**
 * Authentication and authorization of all routes; imported by the application module and by modules that use its
 * exports. `AppModule` applies its guards.
 */
@Module({
  imports: [StoreModule.tables(apiTokenTable), StoreModule.logs(signatureLog)],
  providers: [hmac, apiTokens, issuers, authenticator, RequestAuthorizer, UsedSignatures, AuthGuard, SignatureGuard],
  exports: [AuthGuard, SignatureGuard, RequestAuthorizer, Authenticator, ApiTokens, Issuers],
})
export class AuthModule implements OnApplicationBootstrap {
  constructor(
    { httpAdapter }: HttpAdapterHost,
    authorizer: RequestAuthorizer,
    private readonly jobs: Jobs,
    private readonly signatures: UsedSignatures,
  ) {
    if (!httpAdapter) return;
    const instance = httpAdapter.getInstance<FastifyInstance>();
    authorizer.listen(instance);
    outlineAnswers(instance);
  }

  onApplicationBootstrap(): void {
    this.jobs.every(PRUNE_MS, 'used-signatures', () => this.signatures.prune());
  }
}
