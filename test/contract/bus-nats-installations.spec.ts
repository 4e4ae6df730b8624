import { connect, RetentionPolicy, StorageType } from 'nats';
import type { JetStreamManager, NatsConnection, StreamConfig } from 'nats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import { volatileOwner } from '../../src/platform/bus/nats/ownership.js';
import type { NatsOptions } from '../../src/platform/bus/nats/link.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { command, result } from './bus.suite.js';

const ONE = '11111111-1111-4111-8111-111111111111';
const TWO = '22222222-2222-4222-8222-222222222222';

describe.skipIf(!installed('installations on one broker', 'nats-server'))('installations on one broker', () => {
  let broker: NatsServer;
  let raw: NatsConnection;
  let manager: JetStreamManager;
  const buses: NatsBus[] = [];
  beforeEach(async () => {
    broker = await NatsServer.start();
    raw = await connect({ servers: broker.url });
    manager = await raw.jetstreamManager();
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await raw.close();
    await broker.stop();
  });

  const add = (options: Partial<NatsOptions> & Pick<NatsOptions, 'role'>) => {
    const log = new MemoryLogger();
    const bus = new NatsBus({ url: broker.url, name: 'metal-api', ackWaitMs: 1000, log, ...options });
    buses.push(bus);
    return { bus, log };
  };
  const server = async (uuid: string, more: Partial<NatsOptions> = {}) => {
    const added = add({ role: 'server', owner: () => uuid, ...more });
    await eventually('connected', () => added.bus.state().connected);
    return added;
  };
  const agent = (partition: string, installation?: string) => {
    const { bus } = add({ role: 'agent', name: `agent-${partition}`, installation });
    bus.consumeCommands(partition, async ({ message }) => {
      await bus.publishResult({
        ...result(message.id, { partition, machine: message.machine }),
        installation: message.installation,
      });
      return 'done';
    });
    return bus;
  };
  const collect = (bus: NatsBus): string[] => {
    const got: string[] = [];
    bus.consumeResults(async ({ message }) => (got.push(message.id), 'done'));
    return got;
  };

  it('are isolated from each other by their names, even with the same ids', async () => {
    const { bus: one } = await server(ONE, { installation: 'north' });
    const { bus: two } = await server(TWO, { installation: 'south-2' });
    const [gotOne, gotTwo] = [collect(one), collect(two)];
    agent('p1', 'north');
    agent('p1', 'south-2');
    for (let n = 0; n < 5; n++) {
      await one.publishCommand(command(`same-${n}`, { partition: 'p1' }));
      await two.publishCommand(command(`same-${n}`, { partition: 'p1' }));
    }
    await eventually('both have their results', () => gotOne.length === 5 && gotTwo.length === 5);
  });

  it('wait for the identity of their database without complaints', async () => {
    const identity: { owner?: string } = {};
    let isAsked = false;
    let found = (): void => undefined;
    const known = new Promise<void>((resolve) => (found = resolve));
    const ready = (): Promise<void> => ((isAsked = true), known);
    const { bus, log } = add({ role: 'server', owner: () => identity.owner ?? expect.fail('asked too early'), ready });
    await eventually('the broker is connected', () => isAsked);
    await expect(bus.publishCommand(command('c1'))).rejects.toMatchObject({ kind: 'unavailable' });
    identity.owner = ONE;
    found();
    await eventually('connected', () => bus.state().connected);
    expect(log.lines.filter((line) => !line.includes('connected to'))).toEqual([]);
    expect((await manager.streams.info('METAL_COMMANDS')).config.description).toContain(ONE);
  });

  it('with data in memory take over from each other after a restart, never from one with a database', async () => {
    const first = await server(volatileOwner(ONE));
    await first.bus.close();
    const { log } = await server(volatileOwner(TWO));
    expect(log.lines.join('\n')).toContain(`taking over stream METAL_COMMANDS`);

    await manager.streams.delete('METAL_COMMANDS');
    await manager.streams.delete('METAL_RESULTS');
    await server(ONE);
    const { bus, log: refused } = add({ role: 'server', owner: () => volatileOwner(TWO) });
    await eventually('it is told', () => refused.lines.some((line) => line.includes('belongs to the installation')));
    expect(bus.state().connected).toBe(false);
    expect((await manager.streams.info('METAL_COMMANDS')).config.description).toContain(ONE);
  });

  it('with the same name: the second one reports the conflict with instructions, and changes nothing', async () => {
    const { bus: one } = await server(ONE);
    const got = collect(one);
    const { bus: two } = add({ role: 'server', owner: () => TWO });
    const stolen = collect(two);
    const told = await eventually(
      'the conflict is reported',
      () => /METAL_API_INSTALLATION/.test(two.state().message) && two.state().message,
    );
    expect(told).toContain(ONE);
    await expect(two.publishCommand(command('c2'))).rejects.toMatchObject({ kind: 'unavailable' });
    agent('p1');
    await one.publishCommand(command('c1', { partition: 'p1' }));
    await eventually('the first one still works', () => got.length === 1);
    expect(stolen).toEqual([]);
  });

  it('with the same name: take over streams of a lost database on request; its owner detects it', async () => {
    const { bus: one } = await server(ONE);
    await server(TWO, { takeOver: true });
    await eventually('the old owner detects it', () => one.state().message.includes(TWO), 30_000);
    await expect(one.publishCommand(command('c1'))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['with the identity of another installation', { installation: TWO }, false],
    ['with the identity of this installation', { installation: ONE }, true],
    ['of an earlier release', {}, true],
    ['that contains its partition', { installation: ONE, partition: 'p1' }, true],
    ['that contains its machine', { machine: 'm1' }, true],
  ])('handle a result %s', async (_, more, ours) => {
    const { bus, log } = await server(ONE);
    const got = collect(bus);
    const body = { id: 'r1', attempt: 1, state: 'done', message: '', at: '', ...more };
    await raw.jetstream().publish('metal.result.p1.m1', JSON.stringify(body));
    if (ours) return void (await eventually('it is accepted', () => got.length === 1));
    await eventually('it is logged', () => log.lines.some((line) => line.includes(TWO)));
    expect(got).toEqual([]);
    expect((await manager.streams.info('METAL_RESULTS')).state.messages).toBe(1);
  });

  it.each([
    ['metal.result.p1.m1', { partition: 'p2' }],
    ['metal.result.p1.m1', { machine: 'm2' }],
    ['metal.result.p1.m1', { partition: 7 }],
    ['metal.result.p=2E1.m1', { partition: 'p=2E1' }],
    ['metal.result.p1.m=2A', { machine: 'm=2A' }],
    ['metal.result.p1.m1', { partition: 'p1', machine: '' }],
  ])('drop a result on %s that claims to be from %j', async (subject, inside) => {
    const { bus, log } = await server(ONE);
    const got = collect(bus);
    await raw.jetstream().publish(subject, JSON.stringify({ id: 'r1', state: 'done', ...inside }));
    await raw.jetstream().publish('metal.result.p1.m1', JSON.stringify({ id: 'r2', state: 'done' }));
    await eventually('the valid one arrives', () => got.length === 1);
    await eventually('it is logged', () => log.lines.some((line) => line.includes('unreadable')));
    expect(got).toEqual(['r2']);
  });

  it('do not deliver commands on a wrong subject to agents', async () => {
    const { bus: api } = await server(ONE);
    const { bus, log } = add({ role: 'agent', name: 'agent-p1' });
    const got: string[] = [];
    bus.consumeCommands('p1', async ({ message }) => (got.push(message.id), 'done'));
    await api.publishCommand(command('c0', { partition: 'p1', machine: 'm0' }));
    const wrong = { id: 'c1', type: 'command', cmd: { target: 'm2', cmd: 'OFF' }, partition: 'p1', machine: 'm2' };
    await raw.jetstream().publish('metal.command.p1.m1', JSON.stringify(wrong));
    await raw.jetstream().publish('metal.command.p1.m1', JSON.stringify({ ...wrong, machine: 'm1', partition: 'p2' }));
    await eventually('both are dropped', () => log.lines.filter((line) => line.includes('unreadable')).length === 2);
    expect(got).toEqual(['c0']);
  });

  it('limit every stream and reject messages that are too large', async () => {
    const { bus } = await server(ONE);
    for (const [name, bytes] of [
      ['METAL_COMMANDS', 64 * 1024],
      ['METAL_RESULTS', 16 * 1024],
    ] as const) {
      const { config } = await manager.streams.info(name);
      expect(config).toMatchObject({
        max_msgs: 100_000,
        max_bytes: 64 * 1024 ** 2,
        max_msg_size: bytes,
        discard: 'new',
      });
      expect(config.max_age).toBeGreaterThan(0);
    }
    const huge = { type: 'command', cmd: { text: 'x'.repeat(70_000) } };
    await expect(bus.publishCommand(command('c1', { payload: huge }))).rejects.toMatchObject({ kind: 'unavailable' });
    await bus.publishResult(result('r1', { message: 'x'.repeat(1_000_000) }));
  });

  it('limit the messages waiting for one machine, leaving room for the others', async () => {
    const { bus } = await server(ONE);
    for (let n = 0; n < 64; n++) await bus.publishCommand(command(`c${n}`));
    await expect(bus.publishCommand(command('c64'))).rejects.toMatchObject({ kind: 'unavailable' });
    await bus.publishCommand(command('other', { machine: 'm2' }));
  });

  const old = (name: string, subject: string): Partial<StreamConfig> => ({
    name,
    subjects: [subject],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
  });

  it('adopt the streams of the previous release, including waiting messages and limits set by operators', async () => {
    await manager.streams.add(old('METAL_COMMANDS', 'metal.command.*.*'));
    await manager.streams.add({ ...old('METAL_RESULTS', 'metal.result.*.*'), max_msgs: 7 });
    const waiting = { id: 'c1', attempt: 1, type: 'delete', cmd: { target: 'm1' } };
    await raw.jetstream().publish('metal.command.p1.m1', JSON.stringify(waiting));
    await raw.jetstream().publish('metal.result.p1.m1', JSON.stringify({ id: 'r0', state: 'done' }));
    const { bus } = await server(ONE);
    const got = collect(bus);
    await bus.publishCommand(command('c2', { partition: 'p1', machine: 'm2' }));
    agent('p1');
    await eventually('all results arrive', () => got.length === 3);
    expect([...got].sort()).toEqual(['c1', 'c2', 'r0']);
    const { config: commands } = await manager.streams.info('METAL_COMMANDS');
    expect(commands).toMatchObject({ max_msgs: 100_000, description: expect.stringContaining(ONE) });
    expect((await manager.streams.info('METAL_RESULTS')).config).toMatchObject({ max_msgs: 7, max_msg_size: 16_384 });
  });

  it('move waiting messages when an installation is renamed, and receive results under its former name', async () => {
    const before = await server(ONE);
    for (let n = 0; n < 150; n++) {
      await before.bus.publishCommand(command(`c${n}`, { partition: `p${n % 3}`, machine: `m${n}` }));
    }
    await before.bus.close();
    const { bus } = await server(ONE, { installation: 'north' });
    const got = collect(bus);
    for (const partition of ['p0', 'p1', 'p2']) agent(partition, 'north');
    const late = add({ role: 'agent', name: 'agent-p0' });
    await eventually('connected', () => late.bus.state().connected);
    await late.bus.publishResult(result('late', { partition: 'p0' }));
    await eventually('all were executed', () => new Set(got).size === 151);
    expect(got).toHaveLength(151);
    expect((await manager.streams.info('METAL_COMMANDS')).state.messages).toBe(0);
  });

  it('report the messages waiting at the broker', async () => {
    const { bus } = await server(ONE);
    for (let n = 0; n < 3; n++) await bus.publishCommand(command(`c${n}`, { machine: `m${n}` }));
    await eventually('they are counted', () => bus.brokerStats()?.pending.commands === 3);
    await broker.kill();
    await eventually('the statistics are unknown', () => bus.brokerStats() === undefined);
  });
});
