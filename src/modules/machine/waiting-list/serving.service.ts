import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { InjectClock } from '../../../platform/time/inject-clock.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { Clock } from '../../../shared/clock.js';
import { DomainError, isDomainError } from '../../../shared/errors/domain-error.js';
import type { WaitEntryId } from '../../../shared/id.js';
import { NoMachineAvailable } from '../allocation/no-machine-available.js';
import type { Bundle } from '../bundle/bundle.js';
import { Attempts } from './attempts.service.js';
import { EntryBundles } from './entry-bundles.service.js';
import { hasEnded, isExpired, isHeldBy, requestOf, servedBy } from './wait-entry.js';
import type { WaitEntry } from './wait-entry.js';
import { WaitingListRepository } from './waiting-list.repository.js';

/**
 * Serves one entry of the waiting list, so that it gets its machines once or never. An attempt takes the entry, then decides a
 * bundle that names it, then marks the entry. An attempt that takes over an entry looks for that bundle first.
 */
@Injectable()
export class ServingService {
  constructor(
    private readonly entries: WaitingListRepository,
    private readonly bundles: EntryBundles,
    private readonly attempts: Attempts,
    @InjectClock() private readonly clock: Clock,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  /** Whether the last attempt has ended without an outcome. */
  isInterrupted(entry: WaitEntry): boolean {
    return this.attempts.isInterrupted(entry);
  }

  /**
   * Makes an attempt to serve an entry that waits, or whose last attempt was interrupted. Returns whether it has ended:
   * served, failed or expired. Otherwise it is still to be served, by this process or another one. Does not throw.
   */
  async serve(entry: WaitEntry): Promise<boolean> {
    try {
      return await this.attempts.make(async (attempt) => {
        const taken = await this.entries.take(entry, attempt);
        return taken !== undefined && (await this.attempt(taken, entry.state === 'serving'));
      });
    } catch (error) {
      this.log.warn(`entry ${entry.id} of the waiting list could not be served now and will be retried`, error);
      return false;
    }
  }

  /**
   * Ends an entry that waits, or whose attempt is held. Returns whether it has ended; it has not if another attempt has
   * begun.
   */
  async end(entry: WaitEntry, state: 'expired' | 'failed', reason = ''): Promise<boolean> {
    const stored = await this.entries.end(entry, { state, reason });
    if (stored.state === state)
      this.log.info(`entry ${entry.id} of the waiting list has ${state}${reason && `: ${reason}`}`);
    return hasEnded(stored);
  }

  /** Cancels an open entry. Returns it as it has ended, also if it was served just before. */
  async cancel(id: WaitEntryId): Promise<WaitEntry> {
    return this.attempts.make(async (attempt) => {
      const entry = await this.entries.cancelOrTake(id, attempt);
      if (entry.state !== 'serving') return entry;
      const bundle = await this.bundles.decided(id);
      return bundle ? this.record(entry, bundle) : this.entries.end(entry, { state: 'cancelled' });
    });
  }

  /** Removes the bundles whose entry shows their outcome. */
  async forgetBundles(): Promise<void> {
    for (const id of this.bundles.completed()) {
      const entry = await this.entries.readFresh(id);
      if (entry === undefined || entry.ended !== undefined) await this.bundles.forget(id);
    }
  }

  private async attempt(entry: WaitEntry, isTakenOver: boolean): Promise<boolean> {
    const outcome = (isTakenOver ? await this.bundles.decided(entry.id) : undefined) ?? (await this.decide(entry));
    if (outcome === undefined) return this.end(entry, 'expired');
    if (!(outcome instanceof DomainError)) return hasEnded(await this.record(entry, outcome));
    if (!(outcome instanceof NoMachineAvailable) && outcome.kind !== 'conflict')
      return this.end(entry, 'failed', outcome.message);
    await this.entries.return(entry, outcome.message);
    return false;
  }

  /** The decided bundle; or why there is none, and will be none of this attempt; undefined if the entry has expired. */
  private async decide(entry: WaitEntry): Promise<Bundle | DomainError | undefined> {
    const { id, attempt } = entry;
    if (isExpired(entry, this.clock.now())) return undefined;
    try {
      return await this.bundles.decide(requestOf(entry), {
        entry: id,
        confirm: async () => {
          if (isHeldBy(await this.entries.readFresh(id), attempt!.token)) return;
          throw new DomainError('conflict', 'the entry of the waiting list was cancelled, or another server serves it');
        },
      });
    } catch (error) {
      // After any other error, the outcome may be unknown: the next attempt finds out.
      if (isDomainError(error) && error.kind !== 'unavailable' && error.kind !== 'internal') return error;
      throw error;
    }
  }

  /** Lets machines install, and marks the entry, which this attempt or one that has taken it over holds. */
  private async record(entry: WaitEntry, bundle: Bundle): Promise<WaitEntry> {
    await this.bundles.complete(bundle);
    const served = servedBy(bundle);
    const marked = await this.entries.end(entry, { state: 'served', ...served });
    if (marked.state === 'served') {
      this.log.info(
        `entry ${entry.id} of the waiting list was served: ${[...served.machines, ...served.firewalls].join(', ')}`,
      );
      await this.bundles.forget(entry.id);
    }
    return marked;
  }
}
