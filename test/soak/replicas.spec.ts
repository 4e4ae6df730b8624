import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NatsBus } from '../../src/platform/bus/nats/nats-bus.js';
import type { ReplicaResponse } from '../../src/modules/replica/replica.dto.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import { newBmcRecord } from '../../src/modules/machine/bmc-record.js';
import { newMachine } from '../../src/modules/machine/machine.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { Store } from '../../src/platform/store/store.js';
import { eventually } from '../support/eventually.js';
import { installed } from '../support/installed.js';
import { NatsServer } from '../support/nats.js';
import { RethinkServer } from '../support/rethinkdb.js';
import { ServerProcess } from '../support/server-process.js';

const here = installed('two replicas on RethinkDB and NATS', 'rethinkdb', 'nats-server');
const MACHINES = Array.from(
  { length: 12 },
  (_, n) => `00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`,
);

interface Health {
  readonly status: string;
  readonly services: Record<string, { status: string; message: string }>;
}

interface Entry {
  readonly id: string;
  readonly state: string;
}

/** Machines with a BMC, like registered ones. */
async function plantMachines(database: RethinkServer, name: string): Promise<void> {
  const store = new Store(new RethinkEngine(database.options(name)));
  const [machines, bmcs] = [store.table(machineTable), store.table(bmcTable)];
  await store.start();
  for (const id of MACHINES) {
    await bmcs.insert({ ...newBmcRecord(id), address: '10.0.0.1:623', user: 'u', password: 'p' });
    await machines.insert({ ...newMachine(id, new Date().toISOString()), partitionId: 'p1' });
  }
  await store.stop();
}

describe.skipIf(!here)('two replicas', { shuffle: false }, () => {
  let database: RethinkServer;
  let broker: NatsServer;
  let agent: NatsBus;
  let one: ServerProcess;
  let two: ServerProcess;

  beforeAll(async () => {
    [database, broker] = [await RethinkServer.start(), await NatsServer.start()];
    const settings = {
      METAL_API_DB: 'rethinkdb',
      METAL_API_DB_ADDR: `${database.host}:${database.port}`,
      METAL_API_DB_NAME: `test_${randomBytes(4).toString('hex')}`,
      METAL_API_NATS_URL: broker.url,
    };
    one = await ServerProcess.start({ ...settings, METAL_API_TOKEN_KEY: 'a token key of the first replica' });
    two = await ServerProcess.start({ ...settings, METAL_API_TOKEN_KEY: 'a token key of the second replica' });
    agent = new NatsBus({ url: broker.url, name: 'agent-p1', role: 'agent', log: new MemoryLogger() });
    agent.consumeCommands('p1', async ({ message }) => {
      const { id, attempt, partition, machine, installation } = message;
      await agent.publishResult({ id, attempt, partition, machine, installation, state: 'done', message: '', at: '' });
      return 'done';
    });
    await installLab(one.rest('admin'), 'p1');
    await plantMachines(database, settings.METAL_API_DB_NAME);
  }, 120_000);
  afterAll(async () => {
    one?.resume();
    two?.resume();
    await Promise.all([one?.stop(), two?.stop(), agent?.close()]);
    await Promise.all([broker?.stop(), database?.stop()]);
  });

  const health = async (server: ServerProcess) => {
    const response = await fetch(`${server.url}v1/health`);
    return { code: response.status, health: (await response.json()) as Health };
  };
  const ready = async (server: ServerProcess): Promise<number> => (await fetch(`${server.url}ready`)).status;

  it('report different keys in log, health and list, and stay healthy for clients', async () => {
    for (const server of [one, two]) {
      await eventually(
        'it is noticed',
        async () => (await health(server)).health.services['replicas']?.status === 'degraded',
      );
      expect(await health(server)).toMatchObject({ code: 200, health: { status: 'healthy' } });
      await eventually('it is logged', () => server.log.includes('METAL_API_TOKEN_KEY must be the same'));
      const list = await server.rest('viewer').get<ReplicaResponse[]>('replicas');
      expect(list).toHaveLength(2);
      expect(list[1]).toMatchObject({ self: false, alive: true, differences: [{ what: 'keys' }] });
      expect(JSON.stringify(list)).not.toContain('host');
      const [, full] = await server.rest('admin').get<ReplicaResponse[]>('replicas');
      expect(Math.abs(full!.clock_offset ?? 0)).toBeLessThan(5);
      expect(full!.keys).toHaveProperty('METAL_API_TOKEN_KEY');
    }
  });

  it('execute commands within seconds while one of them is frozen', async () => {
    for (let round = 0; round < 3; round++) {
      const orders = MACHINES.map((machine) => one.rest('editor').post(`v1/machine/${machine}/power/on`));
      await Promise.all(orders);
      two.freeze();
      await Promise.all(MACHINES.map((machine) => one.rest('editor').post(`v1/machine/${machine}/power/off`)));
      // A replica that consumed the results would hold them for 30 s.
      await eventually(
        'everything is over',
        async () => {
          const open = await one.rest('viewer').get<Entry[]>('commands?partition=p1');
          return open.every(({ state }) => state === 'done');
        },
        25_000,
      );
      two.resume();
      await eventually('the frozen one is back', async () => (await health(two)).code === 200);
    }
  }, 120_000);

  it('are healthy but not ready without the broker, and ready again with it', async () => {
    expect([await ready(one), await ready(two)]).toEqual([200, 200]);
    await broker.kill();
    await eventually('it is noticed', async () => (await ready(one)) === 503);
    const { code, health: told } = await health(one);
    expect([code, told.status, told.services['bus']?.status]).toEqual([200, 'healthy', 'degraded']);
    expect(JSON.stringify(told)).not.toContain(broker.url);
    await broker.up();
    await eventually('it is back', async () => (await ready(one)) === 200);
  });

  it('forget a killed replica', async () => {
    await two.kill();
    await eventually(
      'it does not count',
      async () => {
        const list = await one.rest('viewer').get<ReplicaResponse[]>('replicas');
        return list.filter(({ alive }) => alive).length === 1;
      },
      40_000,
    );
    expect((await health(one)).health.services['replicas']?.status).toBe('healthy');
  }, 60_000);
});
