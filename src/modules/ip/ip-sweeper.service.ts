import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { InjectLogger } from '../../platform/telemetry/inject-logger.js';
import { isDatabaseShared, type Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { IpService } from './ip.service.js';

/**
 * Removes addresses left without a network by a crash, if this process is alone on its database. With other processes
 * such an address may already be in use; `metal-api fsck` reports it.
 */
@Injectable()
export class IpSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly ips: IpService,
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly log: AppLogger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (isDatabaseShared(this.config)) return;
    const removed = await this.ips.sweepUnconfirmed();
    if (removed.length > 0) this.log.warn(`released addresses left behind by a crash: ${removed.join(', ')}`);
  }
}
