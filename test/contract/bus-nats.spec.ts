import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import type { NatsOptions } from '../../src/platform/bus/nats/link.js';
import { escapeToken } from '../../src/platform/bus/nats/subjects.js';
import { MemoryLog } from '../../src/shared/log.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { busContract, command } from './bus.suite.js';

const here = installed('the bus over NATS', 'nats-server');

/** Buses on one real server; the acknowledge window is short so that a death shows soon. */
class World {
  readonly buses: NatsBus[] = [];
  constructor(readonly broker: NatsServer) {}

  static open = async (): Promise<World> => new World(await NatsServer.start());

  server = (): NatsBus => this.add({ name: 'metal-api', role: 'server' });
  agent = (partition: string): NatsBus => this.add({ name: `agent-${escapeToken(partition)}`, role: 'agent' });

  add(options: Partial<NatsOptions> & Pick<NatsOptions, 'name' | 'role'>): NatsBus {
    const bus = new NatsBus({ url: this.broker.url, ackWaitMs: 1000, log: new MemoryLog(), ...options });
    this.buses.push(bus);
    return bus;
  }

  async end(): Promise<void> {
    await Promise.all(this.buses.map((bus) => bus.close()));
    await this.broker.stop();
  }
}

if (here) busContract('NATS JetStream', World.open);

describe.runIf(here)('bus: NATS broker', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(async () => {
    await world.end();
  });

  const until = (bus: NatsBus, connected: boolean) =>
    eventually(`connected ${connected}`, () => bus.state().connected === connected);

  it('is reported as away, refuses to publish meanwhile, and serves again by itself', async () => {
    const api = world.server();
    await until(api, true);
    await world.broker.kill();
    await until(api, false);
    expect(api.state().message).toContain(world.broker.url);
    await expect(api.publishCommand(command('c1'))).rejects.toMatchObject({ kind: 'unavailable' });
    expect(() => api.notifyAllocation('m1')).not.toThrow();
    await world.broker.up();
    await until(api, true);
    await api.publishCommand(command('c1'));
  });

  it('may come later than everybody else', async () => {
    await world.broker.kill();
    const api = world.server();
    const got: string[] = [];
    world.agent('fra.equ 01').consumeCommands('fra.equ 01', async ({ message }) => (got.push(message.id), 'done'));
    await expect(api.publishCommand(command('c1'))).rejects.toMatchObject({ kind: 'unavailable' });
    await world.broker.up();
    await until(api, true);
    await api.publishCommand(command('c1'));
    await eventually('it arrives', () => got.length === 1);
  });

  it('restarts under load, three times, and nothing is lost: every command taken arrives, every result too', async () => {
    const api = world.server();
    const agent = world.agent('fra.equ 01');
    const handled = new Map<string, number>();
    const results = new Set<string>();
    agent.consumeCommands('fra.equ 01', async ({ message }) => {
      handled.set(message.id, (handled.get(message.id) ?? 0) + 1);
      const { id, attempt, partition, machine } = message;
      await agent.publishResult({ id, attempt, partition, machine, state: 'done', message: '', at: '' });
      return 'done';
    });
    api.consumeResults(async ({ message }) => (results.add(message.id), 'done'));
    const taken: string[] = [];
    let loading = true;
    const load = async (worker: number): Promise<void> => {
      for (let n = 0; loading; n++) {
        const message = command(`w${worker}-${n}`, { machine: `m${worker}` });
        // As the journal does: the same message until the broker has it.
        for (let done = false; !done;) {
          done = await api.publishCommand(message).then(
            () => true,
            () => false,
          );
          if (!done) await new Promise((resolve) => setTimeout(resolve, 50));
        }
        taken.push(message.id);
      }
    };
    const workers = Array.from({ length: 8 }, (_, n) => load(n));
    for (let round = 0; round < 3; round++) {
      const before = taken.length;
      await eventually('load runs', () => taken.length > before + 50);
      await world.broker.kill();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await world.broker.up();
    }
    const before = taken.length;
    await eventually('load runs again', () => taken.length > before + 50);
    loading = false;
    await Promise.all(workers);
    await eventually('everything arrives', () => taken.every((id) => handled.has(id) && results.has(id)), 60_000);
    const twice = [...handled.values()].filter((times) => times > 1).length;
    console.log(`broker restarts: ${taken.length} commands taken, all handled, ${twice} of them more than once`);
    expect(taken.filter((id) => !handled.has(id))).toEqual([]);
    expect(taken.filter((id) => !results.has(id))).toEqual([]);
  });
});
