import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Jobs } from '../jobs/jobs.js';
import { StoreModule } from '../store/store.module.js';
import { noteKeys } from './answer-once.js';
import { keyedRequestTable } from './keyed-request.table.js';
import { KeyedRequests } from './keyed-requests.service.js';

const PRUNE_MS = 10 * 60_000;

/** Requests with idempotency keys; `createApp` applies `answerOnce` to the routes. */
@Module({
  imports: [StoreModule.tables(keyedRequestTable)],
  providers: [KeyedRequests],
  exports: [KeyedRequests],
})
export class IdempotencyModule implements OnApplicationBootstrap {
  constructor(
    { httpAdapter }: HttpAdapterHost,
    private readonly jobs: Jobs,
    private readonly requests: KeyedRequests,
  ) {
    if (httpAdapter) noteKeys(httpAdapter.getInstance<FastifyInstance>());
  }

  onApplicationBootstrap(): void {
    this.jobs.every(PRUNE_MS, 'idempotency-keys', () => this.requests.prune());
  }
}
