import { Injectable, Optional } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { Metrics } from '../../../platform/telemetry/metrics.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { MachineRepository } from '../core/machine.repository.js';
import type { MachineClaim, MachineRelease } from '../machine.js';
import { ReleaseService } from '../release/release.service.js';
import { ExecutionService } from './execution.service.js';
import { OrphanedAllocations } from './orphaned-allocations.service.js';

/** The common part of claims and releases. */
export type Unfinished = Pick<MachineClaim | MachineRelease, 'deadline' | 'by'>;

/** How many items were finished; failed ones are left for the next pass. */
export interface FinishedWork {
  readonly undone: number;
  readonly released: number;
}

/** Undoes claims, finishes releases, and releases orphans that others have left behind. Every action is idempotent. */
@Injectable()
export class UnfinishedWork {
  constructor(
    private readonly machines: MachineRepository,
    @InjectLogger() private readonly log: AppLogger,
    private readonly execution: ExecutionService,
    private readonly releases: ReleaseService,
    private readonly orphans: OrphanedAllocations,
    @Optional() private readonly metrics?: Metrics,
  ) {}

  /** Undoes the claims and finishes the releases that are due. */
  async finish(isDue: (item: Unfinished) => boolean): Promise<FinishedWork> {
    const unfinished = this.machines.by('unfinished', 'yes');
    const claims = unfinished.filter(({ claim }) => claim !== undefined && isDue(claim));
    const releases = unfinished.filter(({ release }) => release !== undefined && isDue(release));
    return {
      undone: await this.each('claim', claims, ({ id, claim }) => this.execution.undo(id, claim!.allocation)),
      released: await this.each('release', releases, (machine) => this.releases.finish(machine, 'sweeper')),
    };
  }

  /** Releases the resources of allocations that are orphaned at `time`; returns the number of allocations. */
  async releaseOrphans(time: number): Promise<number> {
    return this.each('orphan', await this.orphans.find(time), (orphan) => this.orphans.release(orphan));
  }

  /** Continues with the next item after a failure. */
  private async each<T>(
    kind: 'claim' | 'release' | 'orphan',
    items: readonly T[],
    action: (item: T) => Promise<unknown>,
  ): Promise<number> {
    let done = 0;
    for (const item of items) {
      try {
        await action(item);
        done++;
        this.metrics?.observeSweep(kind, 1);
      } catch (error) {
        this.metrics?.observeSweep('failed', 1);
        this.log.warn('the sweeper could not finish an item and will retry', error);
      }
    }
    return done;
  }
}
