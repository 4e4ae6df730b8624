import { Global, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { APP_LOGGER } from '../../shared/app-logger.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { Installation } from '../store/installation/installation.js';
import { Bus } from './bus.js';
import { InProcessBus } from './in-process/in-process-bus.js';
import { NatsBus } from './nats/nats-bus.js';
import { volatileOwner } from './nats/ownership.js';

/**
 * Provides the configured bus to all features (docs/concepts/design.md#embedded-by-default); tests override the `Bus`
 * provider.
 */
@Global()
@Module({
  providers: [{ provide: Bus, inject: [CONFIG, APP_LOGGER, Installation], useFactory: createBus }],
  exports: [Bus],
})
export class BusModule implements OnApplicationShutdown {
  constructor(private readonly bus: Bus) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}

function createBus({ bus, store }: Config, log: AppLogger, installation: Installation): Bus {
  if (bus.nats === undefined) return new InProcessBus();
  const { takeOver } = bus;
  const owner = (): string => (store.engine === 'memory' ? volatileOwner(installation.uuid) : installation.uuid);
  const ready = (): Promise<void> => installation.whenKnown();
  return new NatsBus({ ...bus.nats, takeOver, name: 'metal-api', role: 'server', owner, ready, log });
}
