import { Injectable, Optional } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { Metrics } from '../../../platform/telemetry/metrics.js';
import type { AppLogger } from '../../../shared/app-logger.js';

/** Works through what a sweeper found, and counts it. */
@Injectable()
export class SweepProgress {
  constructor(
    @InjectLogger() private readonly log: AppLogger,
    @Optional() private readonly metrics?: Metrics,
  ) {}

  /** Returns how many items were finished. Continues with the next item after a failure; the next pass retries it. */
  async each<T>(
    kind: 'claim' | 'release' | 'orphan' | 'bundle',
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
