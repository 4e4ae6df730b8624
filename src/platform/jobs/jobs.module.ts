import { Global, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, FactoryProvider } from '@nestjs/common';
import { APP_LOGGER } from '../../shared/app-logger.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { StoreModule } from '../store/store.module.js';
import { Jobs } from './jobs.js';
import { jobClaimTable } from './job-claim.table.js';

const scheduler: FactoryProvider<Scheduler> = {
  provide: Scheduler,
  inject: [APP_LOGGER],
  useFactory: (log: AppLogger) => new Scheduler((job, error) => log.warn(`job ${job} failed`, error)),
};

/**
 * Provides the scheduler of periodic work in this process, and the jobs that one of the replicas does, to all features. At
 * shutdown all of them end before the store and the bus do.
 */
@Global()
@Module({ imports: [StoreModule.tables(jobClaimTable)], providers: [scheduler, Jobs], exports: [scheduler, Jobs] })
export class JobsModule implements BeforeApplicationShutdown {
  constructor(private readonly scheduler: Scheduler) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.scheduler.stop();
  }
}
