import { randomUUID } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import { InjectClock } from '../time/inject-clock.js';
import { timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { InjectTable } from '../store/inject.js';
import type { Table } from '../store/table.js';
import { Metrics } from '../telemetry/metrics.js';
import { jobClaimTable } from './job-claim.table.js';
import type { JobClaim } from './job-claim.table.js';

/** A claim younger than this fraction of the period was made by another replica for the current period. */
const STILL_TAKEN = 0.9;

/**
 * Runs tasks periodically, each on one of the replicas. The claims only save work: a task must tolerate concurrent
 * runs, which happen if clocks differ or a run takes longer than its period.
 */
@Injectable()
export class Jobs {
  private readonly owner = randomUUID();

  constructor(
    @InjectTable(jobClaimTable) private readonly claims: Table<JobClaim>,
    @InjectClock() private readonly clock: Clock,
    private readonly scheduler: Scheduler,
    @Optional() private readonly metrics?: Metrics,
  ) {}

  /** Call this after the store is loaded. The first run is one period from now; failures are logged. */
  every(milliseconds: number, job: string, task: () => Promise<unknown>): void {
    this.scheduler.every(milliseconds, job, () => this.attempt(job, milliseconds, task));
  }

  /** Runs the task unless another replica has done so in this period. */
  async attempt(job: string, period: number, task: () => Promise<unknown>): Promise<void> {
    if (await this.take(job, period)) await this.measured(job, task);
  }

  private async measured(job: string, task: () => Promise<unknown>): Promise<void> {
    const began = performance.now();
    let failed = true;
    try {
      await task();
      failed = false;
    } finally {
      this.metrics?.observeJob(job, (performance.now() - began) / 1000, failed);
    }
  }

  private async take(job: string, period: number): Promise<boolean> {
    const now = this.clock.now();
    const mine = { id: job, owner: this.owner, taken: timestamp(now) };
    const claim = await this.claims.upsert(job, (current) =>
      current && now - Date.parse(current.taken) < period * STILL_TAKEN ? current : mine,
    );
    return claim.owner === mine.owner && claim.taken === mine.taken;
  }
}
