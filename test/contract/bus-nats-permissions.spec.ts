import { connect } from 'nats';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { command, result } from './bus.suite.js';

const PASSWORDS = {
  METAL_NATS_API_PASSWORD: 'api-secret-1',
  METAL_NATS_FRA_EQU01_PASSWORD: 'agent-secret-1',
  METAL_NATS_FRA_EQU02_PASSWORD: 'agent-secret-2',
};
const MINE = 'fra-equ01';
const OTHER = 'fra-equ02';

describe.skipIf(!installed('credentials of deploy/nats.conf', 'nats-server'))('deploy/nats.conf', () => {
  let broker: NatsServer;
  const open: { close(): Promise<void> }[] = [];

  const bus = (name: string, password: string, role: 'server' | 'agent'): NatsBus => {
    const created = new NatsBus({
      url: broker.url,
      name,
      user: name,
      password,
      role,
      ackWaitMs: 1000,
      log: new MemoryLogger(),
    });
    open.push(created);
    return created;
  };
  const raw = async (): Promise<NatsConnection> => {
    const user = `agent-${MINE}`;
    const connection = await connect({
      servers: broker.url,
      user,
      pass: 'agent-secret-1',
      inboxPrefix: `_INBOX.${user}`,
    });
    open.push(connection);
    return connection;
  };

  beforeAll(async () => {
    broker = await NatsServer.start('deploy/nats.conf', PASSWORDS);
  });
  afterAll(async () => {
    await Promise.all(open.map((each) => each.close()));
    await broker.stop();
  });

  it('lets the API and agents work, each agent for its partition only', async () => {
    const api = bus('metal-api', 'api-secret-1', 'server');
    const got: string[] = [];
    const ended: string[] = [];
    for (const [partition, password] of [
      [MINE, 'agent-secret-1'],
      [OTHER, 'agent-secret-2'],
    ] as const) {
      const agent = bus(`agent-${partition}`, password, 'agent');
      agent.consumeCommands(partition, async ({ message }) => {
        got.push(`${partition} ${message.id}`);
        await agent.publishResult(result(message.id, { partition }));
        return 'done';
      });
    }
    api.consumeResults(async ({ message }) => (ended.push(`${message.partition} ${message.id}`), 'done'));
    await eventually('connected', () => api.state().connected);
    await api.publishCommand(command('c1', { partition: MINE }));
    await api.publishCommand(command('c2', { partition: OTHER }));
    await eventually('all done', () => ended.length === 2);
    expect(got.sort()).toEqual([`${MINE} c1`, `${OTHER} c2`]);
    expect(ended.sort()).toEqual([`${MINE} c1`, `${OTHER} c2`]);
  });

  it('rejects a wrong password and reports it', async () => {
    const intruder = bus('metal-api', 'wrong', 'server');
    await eventually('refused', () => /authori[sz]ation/i.test(intruder.state().message));
  });

  it('keeps an agent from pulling the commands of another partition', async () => {
    const connection = await raw();
    const next = `$JS.API.CONSUMER.MSG.NEXT.METAL_COMMANDS.agent-${OTHER}`;
    await expect(connection.request(next, '{"batch":1,"expires":500000000}', { timeout: 1500 })).rejects.toThrow(
      /permission/i,
    );
  });

  it('keeps an agent from listening to commands, results, and the inboxes of others', async () => {
    const connection = await raw();
    for (const subject of ['metal.command.>', 'metal.result.>', '_INBOX.>', `_INBOX.agent-${OTHER}.>`, '>']) {
      const refused = new Promise((resolve) => {
        connection.subscribe(subject, { callback: (error) => resolve(error) });
      });
      expect(String(await refused), subject).toMatch(/permission/i);
    }
  });

  it('keeps an agent from creating consumers, publishing commands, and reporting for another partition', async () => {
    const connection = await raw();
    for (const subject of [
      '$JS.API.CONSUMER.CREATE.METAL_COMMANDS',
      `$JS.API.CONSUMER.DURABLE.CREATE.METAL_COMMANDS.agent-${MINE}`,
      '$JS.API.STREAM.MSG.GET.METAL_COMMANDS',
      '$JS.API.STREAM.DELETE.METAL_COMMANDS',
      `metal.command.${MINE}.m1`,
      `metal.result.${OTHER}.m1`,
    ]) {
      await expect(connection.request(subject, '{}', { timeout: 1500 }), subject).rejects.toThrow(/permission/i);
    }
  });
});
