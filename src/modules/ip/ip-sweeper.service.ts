import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { isShared, type Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { LOG, type Log } from '../../shared/log.js';
import { IpService } from './ip.service.js';

/**
 * Removes the addresses that a crash left without network, when this process is alone on its database. Where there are
 * others, such an address may have been given to somebody; then it is for `metal-api fsck` to report.
 */
@Injectable()
export class IpSweeper implements OnApplicationBootstrap {
  constructor(
    private readonly ips: IpService,
    @InjectConfig() private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (isShared(this.config)) return;
    const removed = await this.ips.sweepUnconfirmed();
    if (removed.length > 0) this.log.warn(`addresses of a crash were given back: ${removed.join(', ')}`);
  }
}
