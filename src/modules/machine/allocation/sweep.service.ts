import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import { isShared } from '../../../config/config.js';
import type { Config } from '../../../config/config.js';
import { ProcessIdentity } from '../../../platform/process/process-identity.js';
import { InjectTable } from '../../../platform/store/inject.js';
import { Store } from '../../../platform/store/store.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { PoolService } from '../../pool/pool.service.js';
import { IpService } from '../../ip/ip.service.js';
import type { Machine, MachineClaim, MachineRelease } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { ReleaseService } from '../release/release.service.js';
import { ExecutionService } from './execution.service.js';

/** Longest time between two sweeps, in milliseconds. */
const INTERVAL = 10_000;

/** What a sweep found and finished. */
export interface SweepResult {
  readonly undone: number;
  readonly released: number;
  /** Allocations that no machine knows any more, whose resources were given back. */
  readonly orphans: number;
}

/**
 * Finishes what a crash or a lost connection left half done: claims and releases past their deadline, and resources
 * whose allocation no machine knows. Runs in every replica; all it does may be done twice.
 */
@Injectable()
export class SweepService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();
  /** Allocations that seemed to be no machine's in the last pass. */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine, 'unfinished' | 'allocation'>,
    @InjectConfig() private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly execution: ExecutionService,
    private readonly releases: ReleaseService,
    private readonly ips: IpService,
    private readonly pools: PoolService,
    private readonly store: Store,
    private readonly process: ProcessIdentity,
  ) {}

  /**
   * A process that is alone on its database need not wait for deadlines: whoever left something behind is dead. On a
   * shared one that holds for what the process left behind whose name this one has inherited; no request is
   * served yet, so nothing under that name is its own.
   */
  async onApplicationBootstrap(): Promise<void> {
    if (!isShared(this.config)) await this.sweep(Number.POSITIVE_INFINITY);
    else if (this.process.isHeir) await this.finish(({ by }) => by === this.process.id);
    this.schedule(isShared(this.config) ? 0 : this.interval);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
  }

  /**
   * One pass over everything whose deadline is before `time` (milliseconds since the epoch). Goes on after a failure
   * with the next item.
   */
  async sweep(time = this.clock.now()): Promise<SweepResult> {
    const late = ({ deadline }: Unfinished): boolean => Date.parse(deadline) < time;
    const finished = await this.finish(late);
    return { ...finished, orphans: await this.each(await this.orphans(time), (orphan) => this.releaseOrphan(orphan)) };
  }

  private async finish(isDue: (item: Unfinished) => boolean): Promise<Omit<SweepResult, 'orphans'>> {
    const unfinished = this.machines.by('unfinished', 'yes');
    const claims = unfinished.filter(({ claim }) => claim !== undefined && isDue(claim));
    const releases = unfinished.filter(({ release }) => release !== undefined && isDue(release));
    return {
      undone: await this.each(claims, ({ id, claim }) => this.execution.undo(id, claim!.allocation)),
      released: await this.each(releases, (machine) => this.releases.finish(machine, 'sweeper')),
    };
  }

  /**
   * Allocations that own an address or ASN but are no machine's. To be wrong would give a tenant's address to another one,
   * so nothing is concluded from a memory with gaps, nor from a single look where others write, and a machine that is
   * named is asked for in the database.
   */
  private async orphans(time: number): Promise<Orphan[]> {
    const found = this.store.ready ? this.ownerless(time) : [];
    const certain = time === Number.POSITIVE_INFINITY;
    const due = found.filter(({ allocation }) => certain || this.suspects.has(allocation));
    this.suspects = new Set(found.map(({ allocation }) => allocation));
    for (const { machineId } of due) if (machineId !== undefined) await this.machines.fresh(machineId);
    return due.filter(({ allocation }) => !this.isOwned(allocation));
  }

  /**
   * As far as memory knows. A claim precedes every acquisition, so what is younger than an allocation may take is left
   * alone.
   */
  private ownerless(time: number): Orphan[] {
    const isOld = (since: string): boolean => Date.parse(since) < time - 2 * this.config.allocation.timeout;
    const found = new Map<string, Orphan>();
    for (const { owner, acquired } of this.pools.asnOwners()) {
      if (isOld(acquired)) found.set(owner, { allocation: owner, machineId: undefined });
    }
    for (const { machineId, allocation, attached } of this.ips.attachments()) {
      if (isOld(attached)) found.set(allocation, { allocation, machineId });
    }
    return [...found.values()].filter(({ allocation }) => !this.isOwned(allocation));
  }

  private isOwned(allocation: string): boolean {
    return this.machines.by('allocation', allocation).length > 0;
  }

  private async releaseOrphan({ machineId, allocation }: Orphan): Promise<void> {
    this.log.warn(`allocation ${allocation} is orphaned, releasing its resources`);
    if (machineId !== undefined) await this.ips.releaseAllocation(machineId, allocation, 'failed');
    await this.pools.releaseAsn(allocation);
  }

  private async each<T>(items: readonly T[], action: (item: T) => Promise<unknown>): Promise<number> {
    let done = 0;
    for (const item of items) {
      try {
        await action(item);
        done++;
      } catch (error) {
        this.log.warn('the sweeper could not finish an item, it will try again', error);
      }
    }
    return done;
  }

  private get interval(): number {
    return Math.min(INTERVAL, this.config.allocation.timeout);
  }

  private schedule(delay: number): void {
    this.timer = setTimeout(() => {
      this.running = this.sweep().finally(() => this.timer && this.schedule(this.interval));
    }, delay).unref();
  }
}

/** What claims and releases have in common. */
type Unfinished = Pick<MachineClaim | MachineRelease, 'deadline' | 'by'>;

interface Orphan {
  readonly allocation: string;
  readonly machineId: string | undefined;
}
