import { Injectable } from '@nestjs/common';
import { MachineRepository } from '../core/machine.repository.js';
import type { MachineClaim, MachineRelease } from '../machine.js';
import { ReleaseService } from '../release/release.service.js';
import { ExecutionService } from './execution.service.js';
import { OrphanedAllocations } from './orphaned-allocations.service.js';
import { SweepProgress } from './sweep-progress.js';

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
    private readonly execution: ExecutionService,
    private readonly releases: ReleaseService,
    private readonly orphans: OrphanedAllocations,
    private readonly progress: SweepProgress,
  ) {}

  /** Undoes the claims and finishes the releases that are due. */
  async finish(isDue: (item: Unfinished) => boolean): Promise<FinishedWork> {
    const unfinished = this.machines.by('unfinished', 'yes');
    // The claims of a bundle end with it (BundleSweeper).
    const claims = unfinished.filter(({ claim }) => claim?.bundle === undefined && claim !== undefined && isDue(claim));
    const releases = unfinished.filter(({ release }) => release !== undefined && isDue(release));
    return {
      undone: await this.progress.each('claim', claims, ({ id, claim }) => this.execution.undo(id, claim!.allocation)),
      released: await this.progress.each('release', releases, (machine) => this.releases.finish(machine, 'sweeper')),
    };
  }

  /** Releases the resources of allocations that are orphaned at `time`; returns the number of allocations. */
  async releaseOrphans(time: number): Promise<number> {
    return this.progress.each('orphan', await this.orphans.find(time), (orphan) => this.orphans.release(orphan));
  }
}
