import { Injectable } from '@nestjs/common';
import { runOutsideExecutions } from '../../../platform/idempotency/current-execution.js';
import { Store } from '../../../platform/store/store.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { Clock } from '../../../shared/clock.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { acquireLoopTurn } from '../../../shared/event-loop.js';
import { NoMachineAvailable } from '../allocation/no-machine-available.js';
import { Prospects } from './prospects.service.js';
import { ServingService } from './serving.service.js';
import { compareEntries, isExpired, isForgettable, isOpen, queuesOf } from './wait-entry.js';
import type { WaitEntry } from './wait-entry.js';
import { WaitingListRepository } from './waiting-list.repository.js';

/** Goes through the waiting list in order. Any number of replicas may do so at the same time. */
@Injectable()
export class WaitingListPass {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly entries: WaitingListRepository,
    private readonly serving: ServingService,
    private readonly prospects: Prospects,
    private readonly store: Store,
    @InjectClock() private readonly clock: Clock,
  ) {}

  /** Serves what can be served, and ends what has expired; passes of this process come one after the other. */
  run(): Promise<void> {
    this.last = this.last.catch(() => undefined).then(() => runOutsideExecutions(() => this.pass()));
    return this.last;
  }

  /** Removes entries that ended a day ago, and what is kept for entries that have ended. */
  async tidy(): Promise<void> {
    const now = this.clock.now();
    for (const entry of this.entries.list()) if (isForgettable(entry, now)) await this.entries.forget(entry);
    await this.serving.forgetBundles();
  }

  private async pass(): Promise<void> {
    if (!this.entries.open().some((entry) => this.isDue(entry))) return;
    await this.store.catchUp(); // the entries ahead, and what requests refer to
    const blocked = new Set<string>();
    for (const { id } of [...this.entries.open()].sort(compareEntries)) {
      const entry = this.entries.find(id);
      if (entry === undefined || !isOpen(entry) || (await this.hasEnded(entry, blocked))) continue;
      for (const queue of queuesOf(entry)) blocked.add(queue);
    }
  }

  /** Whether there may be something to do for the entry: cheap, and true too often. */
  private isDue(entry: WaitEntry): boolean {
    if (entry.state === 'serving') return this.serving.isInterrupted(entry);
    return isExpired(entry, this.clock.now()) || this.prospects.hasCandidates(entry);
  }

  /** Does what can be done for the entry now; returns whether it no longer stands in its queues. */
  private async hasEnded(entry: WaitEntry, blocked: ReadonlySet<string>): Promise<boolean> {
    if (entry.state === 'serving') return this.serving.isInterrupted(entry) && this.serving.serve(entry);
    if (isExpired(entry, this.clock.now())) return this.serving.end(entry, 'expired');
    const isBlocked = queuesOf(entry).some((queue) => blocked.has(queue)) && !this.prospects.hasReservation(entry);
    if (isBlocked || !this.prospects.hasCandidates(entry)) return false;
    await acquireLoopTurn();
    const problem = this.prospects.problemOf(entry);
    if (problem instanceof NoMachineAvailable || isDomainError(problem, 'unavailable')) return false;
    return problem === undefined ? this.serving.serve(entry) : this.serving.end(entry, 'failed', problem.message);
  }
}
