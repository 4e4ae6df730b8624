import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import { isDatabaseShared } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';
import { ProcessIdentity } from '../../../platform/process/process-identity.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { Clock } from '../../../shared/clock.js';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { isOverdue } from './bundle.js';
import type { Bundle } from './bundle.js';
import { UnfinishedBundles } from './unfinished-bundles.service.js';

/** Maximum interval between sweeps, in milliseconds. */
const INTERVAL = 10_000;

/** Finishes or undoes bundles that a crash or a lost connection has interrupted. Runs in every replica. */
@Injectable()
export class BundleSweeper implements OnApplicationBootstrap {
  constructor(
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
    private readonly process: ProcessIdentity,
    private readonly work: UnfinishedBundles,
    private readonly scheduler: Scheduler,
  ) {}

  /** Sweeps at start-up, for the same reasons as `AllocationSweeper`. */
  async onApplicationBootstrap(): Promise<void> {
    const isShared = isDatabaseShared(this.config);
    if (!isShared) await this.sweep(Number.POSITIVE_INFINITY);
    else if (this.process.isSuccessor) await this.work.settle(({ by }) => by === this.process.id);
    const interval = Math.min(INTERVAL, this.config.allocation.timeout);
    this.scheduler.every(interval, 'bundle-sweep', () => this.sweep(), { first: isShared ? 0 : interval });
  }

  /** One pass over everything whose deadline is before `time` (milliseconds since the epoch). */
  async sweep(time = this.clock.now()): Promise<void> {
    const isDue = (item: Pick<Bundle, 'deadline'>): boolean => isOverdue(item, time);
    await this.work.settle(isDue);
    await this.work.releaseStrays(isDue);
    await this.work.forgetComplete(this.clock.now());
  }
}
