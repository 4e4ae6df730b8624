import { Global, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { Bus } from './bus.js';
import { InProcessBus } from './in-process/in-process-bus.js';
import { NatsBus } from './nats/nats-bus.js';

/** Hands every feature the bus that the configuration asks for (design D5); tests override the `Bus` provider. */
@Global()
@Module({
  providers: [{ provide: Bus, inject: [CONFIG, LOG], useFactory: ({ bus }: Config, log: Log) => createBus(bus, log) }],
  exports: [Bus],
})
export class BusModule implements OnApplicationShutdown {
  constructor(private readonly bus: Bus) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}

function createBus(settings: Config['bus'], log: Log): Bus {
  if (settings.nats === undefined) return new InProcessBus();
  return new NatsBus({ ...settings.nats, name: 'metal-api', role: 'server', log });
}
