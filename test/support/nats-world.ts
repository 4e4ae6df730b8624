import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import type { NatsOptions } from '../../src/platform/bus/nats/link.js';
import { escapeToken } from '../../src/platform/bus/nats/subjects.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { NatsServer } from './nats.js';

/** Buses on a real server; the acknowledge timeout is short, so that failures are detected quickly. */
export class NatsWorld {
  readonly buses: NatsBus[] = [];
  constructor(readonly broker: NatsServer) {}

  static open = async (): Promise<NatsWorld> => new NatsWorld(await NatsServer.start());

  server = (): NatsBus => this.add({ name: 'metal-api', role: 'server' });
  agent = (partition: string): NatsBus => this.add({ name: `agent-${escapeToken(partition)}`, role: 'agent' });

  add(options: Partial<NatsOptions> & Pick<NatsOptions, 'name' | 'role'>): NatsBus {
    const bus = new NatsBus({ url: this.broker.url, ackWaitMs: 1000, log: new MemoryLogger(), ...options });
    this.buses.push(bus);
    return bus;
  }

  async end(): Promise<void> {
    await Promise.all(this.buses.map((bus) => bus.close()));
    await this.broker.stop();
  }
}
