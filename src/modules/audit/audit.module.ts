import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { StoreModule } from '../../platform/store/store.module.js';
import { AuditController } from './audit.controller.js';
import { AuditGrpc } from './audit.grpc.js';
import { AuditGuard } from './audit.guard.js';
import { AuditService } from './audit.service.js';
import { auditLog } from './audit.table.js';

const PRUNE_MS = 3600_000;

/** Interval at which the trail records the number of omitted calls, in milliseconds. */
const OMISSIONS_MS = 10_000;

/** `AppModule` applies the guard, after those of authentication. */
@Module({
  imports: [StoreModule.logs(auditLog)],
  controllers: [AuditController],
  providers: [AuditService, AuditGrpc, AuditGuard],
  exports: [AuditGuard],
})
export class AuditModule implements OnApplicationBootstrap {
  constructor(
    { httpAdapter }: HttpAdapterHost,
    guard: AuditGuard,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
    private readonly scheduler: Scheduler,
  ) {
    if (audit.enabled && httpAdapter) listen(httpAdapter.getInstance<FastifyInstance>(), guard);
  }

  onApplicationBootstrap(): void {
    if (!this.audit.enabled) return;
    this.jobs.every(PRUNE_MS, 'audit-retention', () => this.audit.prune());
    this.scheduler.every(OMISSIONS_MS, 'audit-omissions', () => this.audit.recordOmissions());
  }
}

function listen(instance: FastifyInstance, guard: AuditGuard): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    guard.beforeSend(request, reply, payload);
    done();
  });
}
