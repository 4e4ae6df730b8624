import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import { sleep } from '../../../shared/concurrency/timers.js';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine } from '../engine.js';
import { MIGRATION_TABLE } from './migration.js';

const LOCK_ID = 'lock';

/** Timing of the lock, in milliseconds. */
export interface LockTiming {
  /** How often the holder renews the lock, and others check it. */
  readonly renew: number;
  /** How long the lock must not have been renewed before another process takes it over. */
  readonly stale: number;
}

export const LOCK_TIMING: LockTiming = { renew: 2_000, stale: 20_000 };

/**
 * Prevents concurrent migrations by several processes. A document that the holder rewrites periodically; its revision
 * is the fencing token. Clocks are not compared: a lock is stale if a waiting process has seen no new revision for a
 * while.
 */
export class MigrationLock {
  private renewing: Promise<void> = Promise.resolve();
  private renewedAt = performance.now();
  /** Errors of a renewal are ignored: who writes next asserts that the lock is held. */
  private readonly jobs = new Scheduler(() => undefined);

  private constructor(
    private readonly engine: Engine,
    private readonly owner: string,
    private revision: number,
    private readonly timing: LockTiming,
  ) {
    this.jobs.every(timing.renew, 'renewal of the migration lock', () => this.assertHeld());
  }

  /**
   * Waits until this process holds the lock; `waiting` is called once with the current holder. The lock that a dead
   * process has left is taken over at once where no other process can have the database open.
   */
  static async acquire(
    engine: Engine,
    owner: string,
    waiting: (holder: string) => void,
    timing = LOCK_TIMING,
    signal?: AbortSignal,
  ): Promise<MigrationLock> {
    let seen = 0;
    let since = Date.now();
    for (;;) {
      const content = { id: LOCK_ID, owner };
      const stale = seen > 0 && (engine.isExclusive === true || Date.now() - since > timing.stale);
      const outcome = stale
        ? await engine.replace(MIGRATION_TABLE, content, seen)
        : await engine.insert(MIGRATION_TABLE, content);
      if (outcome.ok) return new MigrationLock(engine, owner, outcome.document.revision, timing);
      if (outcome.current === undefined) {
        seen = 0; // released in the meantime
        continue;
      }
      const isFirst = seen === 0;
      if (outcome.revision !== seen) since = Date.now();
      seen = outcome.revision;
      if (engine.isExclusive === true) continue;
      if (isFirst) waiting((outcome.current as { owner?: string }).owner ?? 'unknown');
      await sleep(timing.renew, { keepsAlive: true, ...(signal && { signal }) });
    }
  }

  /** Renews the lock. Throws `conflict` if another process has taken it over. */
  assertHeld(): Promise<void> {
    const renewal = this.renewing.then(() => this.renew());
    this.renewing = renewal.catch(() => undefined);
    return renewal;
  }

  /**
   * For each step of long work: throws `conflict` if another process may have taken over the lock, for example while this
   * one was suspended. Asks the database only after renewals have failed to appear.
   */
  async assertRenewed(): Promise<void> {
    if (performance.now() - this.renewedAt > 2 * this.timing.renew) await this.assertHeld();
  }

  async release(): Promise<void> {
    await this.jobs.stop();
    await this.renewing;
    await this.engine.remove(MIGRATION_TABLE, LOCK_ID, this.revision);
  }

  private async renew(): Promise<void> {
    const outcome = await this.engine.replace(
      MIGRATION_TABLE,
      { id: LOCK_ID, owner: this.owner } as never,
      this.revision,
    );
    if (!outcome.ok) throw new DomainError('conflict', 'another process has taken over the migration lock');
    this.revision = outcome.document.revision;
    this.renewedAt = performance.now();
  }
}
