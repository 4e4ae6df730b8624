import { Global, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { Installation } from '../store/installation/installation.js';
import { Bus } from './bus.js';
import { InProcessBus } from './in-process/in-process-bus.js';
import { NatsBus } from './nats/nats-bus.js';

/** Hands every feature the bus that the configuration asks for (design D5); tests override the `Bus` provider. */
@Global()
@Module({
  providers: [{ provide: Bus, inject: [CONFIG, LOG, Installation], useFactory: createBus }],
  exports: [Bus],
})
export class BusModule implements OnApplicationShutdown {
  constructor(private readonly bus: Bus) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}

function createBus({ bus, store }: Config, log: Log, installation: Installation): Bus {
  if (bus.nats === undefined) return new InProcessBus();
  // A store in memory has another identity after each start, and nothing that an earlier one sent concerns it.
  const takeOver = bus.takeOver || store.engine === 'memory';
  const owner = (): string => installation.uuid;
  return new NatsBus({ ...bus.nats, takeOver, name: 'metal-api', role: 'server', owner, log });
}
