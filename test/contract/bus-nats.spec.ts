import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandMessage } from '../../src/platform/bus/bus.js';
import type { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsWorld } from '../support/nats-world.js';
import { busContract, command } from './bus.suite.js';

const here = installed('the bus over NATS', 'nats-server');

if (here) busContract('NATS JetStream', NatsWorld.open);

describe.skipIf(!here)('bus: NATS broker', () => {
  let world: NatsWorld;
  beforeEach(async () => {
    world = await NatsWorld.open();
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
});
