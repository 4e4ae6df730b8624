import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InjectConfig } from '../../config/config.module.js';
import { isDatabaseShared } from '../../config/config.js';
import type { Config } from '../../config/config.js';
import { Store } from '../../platform/store/store.js';
import { Metrics } from '../../platform/telemetry/metrics.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';

/** Interval between probes, in milliseconds. */
const INTERVAL_MS = 10_000;

/** How long a probe waits for the feed, in milliseconds; a slower feed is reported with this lag and more. */
const PATIENCE_MS = 60_000;

/** The table whose feed is probed: small, and written by every replica all the time. */
const TABLE = 'apireplica';

/**
 * Measures how long a change takes from the database to this process's memory: writes a marker and waits until the
 * change feed delivers it. Without a shared database there is no feed, and the lag is 0.
 */
@Injectable()
export class FeedLag implements OnApplicationBootstrap {
  private last = 0;
  /** When the current probe began (`performance.now()`); undefined between probes. */
  private began: number | undefined;
  /** Since when a table has been behind the database (`performance.now()`); undefined while all follow it. */
  private behind: number | undefined;

  constructor(
    private readonly store: Store,
    @InjectConfig() private readonly config: Config,
    private readonly scheduler: Scheduler,
    metrics: Metrics,
  ) {
    metrics.gauge(
      'metal_api_store_feed_lag_seconds',
      'time that a change takes from the database to the memory of this process; grows while the feed is stuck',
      () => [{ value: this.seconds() }],
    );
    metrics.gauge('metal_api_store_synced', '1 while the table follows the database', () => this.synced(), 'table');
    metrics.gauge('metal_api_store_documents', 'documents of the table in memory', () => this.sizes(), 'table');
  }

  onApplicationBootstrap(): void {
    if (!isDatabaseShared(this.config)) return;
    // Not awaited: a probe of a stuck feed must not delay the shutdown.
    this.scheduler.every(INTERVAL_MS, 'feed-lag', () => void this.probe(), { first: 0 });
  }

  /** One measurement; skipped while the previous one waits. Never rejects. */
  async probe(): Promise<void> {
    if (this.began !== undefined) return;
    const began = (this.began = performance.now());
    try {
      await this.store.named(TABLE)?.catchUp(PATIENCE_MS);
      this.last = (performance.now() - began) / 1000;
    } catch {
      // The store reports an unavailable database; while it is away, tables are behind.
    } finally {
      this.began = undefined;
    }
  }

  /** The last measurement, or the age of what is waited for if that is longer. */
  seconds(): number {
    const now = performance.now();
    if (this.store.ready) this.behind = undefined;
    else this.behind ??= now;
    const waiting = Math.min(this.began ?? now, this.behind ?? now);
    return Math.max(this.last, (now - waiting) / 1000);
  }

  private synced() {
    return this.store.tableStates().map(({ name, synced }) => ({ labels: [name], value: synced ? 1 : 0 }));
  }

  private sizes() {
    return this.store.tableStates().map(({ name, size }) => ({ labels: [name], value: size }));
  }
}
