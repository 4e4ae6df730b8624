import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandMessage } from '../../src/platform/bus/bus.js';
import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import type { NatsOptions } from '../../src/platform/bus/nats/link.js';
import { escapeToken } from '../../src/platform/bus/nats/subjects.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { busContract, command } from './bus.suite.js';

const here = installed('the bus over NATS', 'nats-server');

/** Buses on a real server; the acknowledge timeout is short, so that failures are detected quickly. */
class World {
  readonly buses: NatsBus[] = [];
  constructor(readonly broker: NatsServer) {}

  static open = async (): Promise<World> => new World(await NatsServer.start());

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

if (here) busContract('NATS JetStream', World.open);

describe.skipIf(!here)('bus: NATS broker', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(async () => {
    await world.end();
  });

  const until = (bus: NatsBus, connected: boolean) =>
    eventually(`connected ${connected}`, () => bus.state().connected === connected);

  it('is reported as unavailable, refuses messages during an outage, and recovers automatically', async () => {
    const api = world.server();
    await until(api, true);
    await world.broker.kill();
    await until(api, false);
    expect(api.state().message).toContain(world.broker.url);
    await expect(api.publishCommand(command('c1'))).rejects.toMatchObject({ kind: 'unavailable' });
    await world.broker.up();
    await until(api, true);
    await api.publishCommand(command('c1'));
  });

  it('may start after its clients', async () => {
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

  it('may lose its disk: streams and consumers are re-created', async () => {
    const api = world.server();
    const got: string[] = [];
    world.agent('fra.equ 01').consumeCommands('fra.equ 01', async ({ message }) => (got.push(message.id), 'done'));
    await until(api, true);
    await api.publishCommand(command('c1'));
    await eventually('it arrives', () => got.length === 1);
    await world.broker.loseDisk();
    await until(api, false);
    await world.broker.up();
    await until(api, true);
    await api.publishCommand(command('c2'));
    await eventually('it arrives', () => got.length === 2);
  });

  it('may deliver unreadable messages: they are logged and dropped without affecting others', async () => {
    const api = world.server();
    await until(api, true);
    await api.publishCommand(command('c0', { partition: 'p2' }));
    const stranger = await connect({ servers: world.broker.url });
    const readable = '{"id":"c1","type":"delete","cmd":{}}';
    for (const data of ['not json', '[]', '{}', '{"id":7}', readable]) {
      await stranger.jetstream().publish('metal.command.p2.m1', data);
    }
    await stranger.close();
    const log = new MemoryLogger();
    const got: CommandMessage[] = [];
    const agent = world.add({ name: 'agent-p2', role: 'agent', log });
    agent.consumeCommands('p2', async ({ message }) => (got.push(message), 'done'));
    await eventually('the readable ones arrive', () => got.length === 2);
    const foreign = { id: 'c1', attempt: 1, partition: 'p2', machine: 'm1', payload: { type: 'delete', cmd: {} } };
    expect(got[1]).toEqual(foreign);
    expect(log.lines.filter((line) => line.includes('unreadable'))).toHaveLength(4);
  });

  it('loses no accepted command or result during three restarts under load', async () => {
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
    let refused = 0;
    const load = async (worker: number): Promise<void> => {
      for (let n = 0; loading; n++) {
        const message = command(`w${worker}-${n}`, { machine: `m${worker}` });
        // Like the journal: repeats the same message until the broker has stored it.
        for (let done = false; !done;) {
          done = await api.publishCommand(message).then(
            () => true,
            () => (refused++, false),
          );
          if (!done) await new Promise((resolve) => setTimeout(resolve, 50));
        }
        taken.push(message.id);
      }
    };
    const workers = Array.from({ length: 8 }, (_, n) => load(n));
    for (let round = 0; round < 3; round++) {
      const before = taken.length;
      await eventually('load is running', () => taken.length > before + 50);
      await world.broker.kill();
      const refusals = refused + workers.length;
      await eventually('commands are refused', () => refused >= refusals);
      await world.broker.up();
    }
    const before = taken.length;
    await eventually('load is running again', () => taken.length > before + 50);
    loading = false;
    await Promise.all(workers);
    await eventually('everything arrives', () => taken.every((id) => handled.has(id) && results.has(id)), 60_000);
    const twice = [...handled.values()].filter((times) => times > 1).length;
    console.log(`broker restarts: ${taken.length} commands taken, all handled, ${twice} of them more than once`);
    expect(taken.filter((id) => !handled.has(id))).toEqual([]);
    expect(taken.filter((id) => !results.has(id))).toEqual([]);
  });
});
