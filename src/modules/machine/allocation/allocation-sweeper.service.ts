import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { InjectConfig } from '../../../config/config.module.js';
import { isDatabaseShared } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';
import { ProcessIdentity } from '../../../platform/process/process-identity.js';
import type { Clock } from '../../../shared/clock.js';
import { UnfinishedWork } from './unfinished-work.service.js';
import type { FinishedWork, Unfinished } from './unfinished-work.service.js';

/** Maximum interval between sweeps, in milliseconds. */
const INTERVAL = 10_000;

/** Result of a sweep. */
export interface SweepResult extends FinishedWork {
  /** Orphaned allocations, owned by no machine, whose resources were released. */
  readonly orphans: number;
}

/**
 * Finishes or undoes work that was interrupted by a crash or a lost connection: claims and releases past their
 * deadline, and resources of orphaned allocations. Runs in every replica; all of its actions are idempotent.
 */
@Injectable()
export class AllocationSweeper implements OnApplicationBootstrap {
  constructor(
    @InjectConfig() private readonly config: Config,
    @InjectClock() private readonly clock: Clock,
    private readonly process: ProcessIdentity,
    private readonly work: UnfinishedWork,
    private readonly scheduler: Scheduler,
  ) {}

  /**
   * Sweeps at start-up. A process that is alone on its database need not wait for deadlines: any process that left
   * unfinished work has exited. On a shared database this applies only to work of the process whose identity this
   * process has inherited; requests are not served yet, so nothing under that identity is its own.
   */
  async onApplicationBootstrap(): Promise<void> {
    if (!isDatabaseShared(this.config)) await this.sweep(Number.POSITIVE_INFINITY);
    else if (this.process.isSuccessor) await this.work.finish(({ by }) => by === this.process.id);
    const first = isDatabaseShared(this.config) ? 0 : this.interval;
    this.scheduler.every(this.interval, 'allocation-sweep', () => this.sweep(), { first });
  }

  /**
   * One pass over everything whose deadline is before `time` (milliseconds since the epoch). Continues with the next
   * item after a failure.
   */
  async sweep(time = this.clock.now()): Promise<SweepResult> {
    const late = ({ deadline }: Unfinished): boolean => Date.parse(deadline) < time;
    const finished = await this.work.finish(late);
    return { ...finished, orphans: await this.work.releaseOrphans(time) };
  }

  private get interval(): number {
    return Math.min(INTERVAL, this.config.allocation.timeout);
  }
}
