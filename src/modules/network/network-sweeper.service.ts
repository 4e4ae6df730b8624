import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { isShared, type Config } from '../../config/config.js';
import { InjectConfig } from '../../config/config.module.js';
import { LOG, type Log } from '../../shared/log.js';
import { NetworkService } from './network.service.js';

/** Time between two sweeps, in milliseconds. */
const INTERVAL = 60_000;

/** Finishes creations and deletions of networks that a crash interrupted. Runs in every process; may be done twice. */
@Injectable()
export class NetworkSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly networks: NetworkService,
    @InjectConfig() private readonly config: Config,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A process that is alone on its database need not wait for deadlines: whoever left something behind is dead. */
  async onApplicationBootstrap(): Promise<void> {
    await this.sweep(isShared(this.config) ? undefined : Number.POSITIVE_INFINITY);
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.sweep());
    }, INTERVAL).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async sweep(time?: number): Promise<void> {
    try {
      const swept = await this.networks.sweep(time);
      if (swept.length > 0) this.log.info(`networks left unfinished by a crash are settled: ${swept.join(', ')}`);
    } catch (error) {
      this.log.warn('networks left unfinished by a crash could not be settled, to be tried again', error);
    }
  }
}
