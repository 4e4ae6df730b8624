import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '../../../shared/errors/domain-error.js';
import type { Engine } from '../engine.js';
import { MIGRATION_TABLE } from './migration.js';

const LOCK_ID = 'lock';

/** How the lock is kept, in milliseconds. */
export interface LockTiming {
  /** How often the holder renews it, and others look at it. */
  readonly renew: number;
  /** How long nobody must have renewed it until another takes it over. */
  readonly stale: number;
}

export const LOCK_TIMING: LockTiming = { renew: 2_000, stale: 20_000 };

/**
 * Keeps migrations of several processes apart. A document that the holder rewrites every now and then; its revision is
 * the fencing token. No clocks are compared: a lock is stale when the one who waits has seen no new revision for long.
 */
export class MigrationLock {
  private renewing: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly engine: Engine,
    private readonly owner: string,
    private revision: number,
    timing: LockTiming,
  ) {
    this.timer = setInterval(() => void this.assertHeld().catch(() => undefined), timing.renew).unref();
  }

  /** Waits until the lock is ours; `waiting` hears once who holds it. */
  static async acquire(
    engine: Engine,
    owner: string,
    waiting: (holder: string) => void,
    timing = LOCK_TIMING,
  ): Promise<MigrationLock> {
    let seen = 0;
    let since = Date.now();
    for (;;) {
      const content = { id: LOCK_ID, owner };
      const stale = seen > 0 && Date.now() - since > timing.stale;
      const outcome = stale
        ? await engine.replace(MIGRATION_TABLE, content, seen)
        : await engine.insert(MIGRATION_TABLE, content);
      if (outcome.ok) return new MigrationLock(engine, owner, outcome.document.revision, timing);
      if (outcome.current === undefined) {
        seen = 0; // released meanwhile
        continue;
      }
      if (seen === 0) waiting((outcome.current as { owner?: string }).owner ?? 'unknown');
      if (outcome.revision !== seen) since = Date.now();
      seen = outcome.revision;
      await pause(timing.renew);
    }
  }

  /** Renews the lock. Throws `conflict` when somebody else has taken it over. */
  assertHeld(): Promise<void> {
    const renewal = this.renewing.then(() => this.renew());
    this.renewing = renewal.catch(() => undefined);
    return renewal;
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
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
  }
}
