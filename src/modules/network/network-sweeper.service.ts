import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { isDatabaseShared, type Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { NetworkService } from './network.service.js';

/** Time between two sweeps, in milliseconds. */
const INTERVAL = 60_000;

/**
 * Finishes creations and deletions of networks that a crash interrupted. Runs in every process; sweeping is idempotent.
 */
@Injectable()
export class NetworkSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly networks: NetworkService,
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly log: AppLogger,
    private readonly scheduler: Scheduler,
  ) {}

  /**
   * A process that is alone on its database need not wait for deadlines: any process that left unfinished work has
   * exited.
   */
  async onApplicationBootstrap(): Promise<void> {
    await this.sweep(isDatabaseShared(this.config) ? undefined : Number.POSITIVE_INFINITY);
    this.scheduler.every(INTERVAL, 'network-sweep', () => this.sweep());
  }

  private async sweep(time?: number): Promise<void> {
    try {
      const swept = await this.networks.sweep(time);
      if (swept.length > 0)
        this.log.info(`undid or finished network changes left behind by a crash: ${swept.join(', ')}`);
    } catch (error) {
      this.log.warn('could not undo or finish network changes left behind by a crash, will retry', error);
    }
  }
}
