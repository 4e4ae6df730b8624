import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { sleep } from '../../src/shared/concurrency/timers.js';
import { eventually } from '../support/eventually.js';
import { NatsCluster } from '../support/high-availability/nats-cluster.js';
import { installed } from '../support/installed.js';
import { command } from '../contract/bus.suite.js';

const SUITE = 'the bus over a cluster of brokers';
const PARTITION = 'fra-equ01';
const MACHINES = ['m1', 'm2'];

/** More than a stream holds for one machine. */
const COMMANDS = 80;

describe.skipIf(!installed(SUITE, 'nats-server'))(SUITE, { shuffle: false }, () => {
  let cluster: NatsCluster;
  let api: NatsBus;
  let agent: NatsBus;
  const log = new MemoryLogger();
  const done = new Set<string>();

  beforeAll(async () => {
    cluster = await NatsCluster.start();
    api = new NatsBus({ url: cluster.url, ...cluster.api, name: 'metal-api', role: 'server', log });
    agent = new NatsBus({ url: cluster.url, ...cluster.agent, name: `agent-${PARTITION}`, role: 'agent', log });
    await eventually('the API is connected', () => api.state().connected, 60_000);
    agent.consumeCommands(PARTITION, async ({ message }) => {
      const { id, attempt, partition, machine } = message;
      await agent.publishResult({ id, attempt, partition, machine, state: 'done', message: '', at: '' });
      return 'done';
    });
    api.consumeResults(async ({ message }) => (done.add(message.id), 'done'));
    // As the guide says: the streams and their consumers exist, with one copy.
    await order('first', 1);
    await cluster.replicate();
  });
  afterAll(async () => {
    await Promise.all([api?.close(), agent?.close()]);
    await cluster?.stop();
  });

  /** Gives commands to each machine, like the journal: repeats a message until the broker has it, and waits for its end. */
  async function order(name: string, count: number, isOver = (): boolean => false): Promise<void> {
    const oneByOne = async (machine: string): Promise<void> => {
      for (let n = 0; n < count && !isOver(); n++) {
        const message = command(`${name}-${machine}-${n}`, { partition: PARTITION, machine });
        const send = (): Promise<boolean> =>
          api.publishCommand(message).then(
            () => true,
            () => false,
          );
        while (!(await send())) await sleep(200);
        await eventually(`command ${message.id} ends`, () => done.has(message.id), 60_000);
      }
    };
    await Promise.all(MACHINES.map(oneByOne));
  }

  it('gets rid of what was acknowledged, although the streams were given more copies while they were used', async () => {
    await order('many', COMMANDS);
    await eventually('the streams are empty', async () => (await cluster.messages()) === 0, 60_000);
  });

  it('loses nothing when the leader dies', async () => {
    const [leader] = await cluster.nodes();
    let isOver = false;
    const orders = order('meanwhile', Infinity, () => isOver);
    const more = async (): Promise<void> => {
      const before = done.size;
      await eventually('commands end', () => done.size > before + 20, 60_000);
    };
    await more();
    await leader!.kill();
    await more();
    isOver = true;
    await orders;
    expect(leader!.role).toContain('METAL_COMMANDS');
  });
});
