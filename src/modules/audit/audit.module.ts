import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Jobs } from '../../platform/jobs/jobs.js';
import { StoreModule } from '../../platform/store/store.module.js';
import { AuditController } from './audit.controller.js';
import { AuditGrpc } from './audit.grpc.js';
import { AuditGuard } from './audit.guard.js';
import { AuditService } from './audit.service.js';
import { auditLog } from './audit.table.js';

const PRUNE_MS = 3600_000;

/** How often the trail says how many calls it left out. */
const OMISSIONS_MS = 10_000;

/** Import it behind the authentication: guards of the whole application run in the order of their modules. */
@Module({
  imports: [StoreModule.logs(auditLog)],
  controllers: [AuditController],
  providers: [AuditService, AuditGrpc, AuditGuard, { provide: APP_GUARD, useExisting: AuditGuard }],
})
export class AuditModule implements OnApplicationBootstrap {
  constructor(
    { httpAdapter }: HttpAdapterHost,
    guard: AuditGuard,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {
    if (audit.enabled && httpAdapter) listen(httpAdapter.getInstance<FastifyInstance>(), guard);
  }

  onApplicationBootstrap(): void {
    if (!this.audit.enabled) return;
    this.jobs.every(PRUNE_MS, 'audit-retention', () => this.audit.prune());
    setInterval(() => this.audit.tellOmissions(), OMISSIONS_MS).unref();
  }
}

function listen(instance: FastifyInstance, guard: AuditGuard): void {
  instance.addHook('onSend', (request, _reply, payload, done) => {
    guard.beforeSend(request, payload);
    done();
  });
  instance.addHook('onResponse', (request, reply, done) => {
    guard.afterSend(request, reply);
    done();
  });
}
