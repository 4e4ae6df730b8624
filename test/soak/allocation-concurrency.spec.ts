import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestError } from '../../src/agent/rest-client.js';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import type { Role } from '../../src/platform/auth/role.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { startTestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { DEV_KEYS } from '../support/hmac.js';
import { leaks } from '../support/invariants.js';
import { tableOf } from '../support/machines.js';
import { RethinkServer, rethinkdbAvailable } from '../support/rethinkdb.js';
import { seedWaitingMachines } from '../support/seed.js';
import type { Tables } from '../support/seed.js';
import { ServerProcess } from '../support/server-process.js';
import { openTables } from '../support/tables.js';

const MACHINES = 150;
const REQUESTS = 200;

interface Answer {
  readonly id: string;
  readonly allocation: { readonly networks: readonly { ips: string[]; asn: number }[] };
}

/** One or more servers on one database, and an independent view of that database. */
interface Cluster {
  readonly urls: readonly string[];
  readonly tables: Tables;
  close(): Promise<void>;
}

async function oneProcess(): Promise<Cluster> {
  const server = await startTestApp();
  return { urls: [`${server.url}/`], tables: (definition) => tableOf(server, definition), close: () => server.close() };
}

async function twoProcessesOnRethinkdb(): Promise<Cluster> {
  const database = await RethinkServer.start();
  const options = database.options();
  const variables = {
    METAL_API_DB: 'rethinkdb',
    METAL_API_DB_ADDR: `${options.host}:${options.port}`,
    METAL_API_DB_NAME: options.database,
  };
  const servers = [await ServerProcess.start(variables), await ServerProcess.start(variables)];
  const { tables, close } = await openTables(new RethinkEngine(options));
  return {
    urls: servers.map(({ url }) => url),
    tables,
    close: async () => {
      await close();
      await Promise.all(servers.map((server) => server.stop()));
      await database.stop();
    },
  };
}

const clusters = [
  { name: 'one process', start: oneProcess, here: true },
  {
    name: 'two processes on one RethinkDB',
    start: twoProcessesOnRethinkdb,
    here: rethinkdbAvailable('concurrent allocations of two processes'),
  },
];

for (const { name, start, here } of clusters) {
  describe.skipIf(!here)(`200 concurrent allocations of 150 machines, ${name}`, () => {
    let cluster: Cluster;
    let lab: Lab;
    let network: string;
    const client = (role: Role, index = 0): RestClient =>
      new RestClient({ url: cluster.urls[index % cluster.urls.length]!, role, key: DEV_KEYS[role], timeout: 120_000 });

    beforeAll(async () => {
      cluster = await start();
      lab = await installLab(client('admin'));
      const body = { partitionid: lab.partition, projectid: lab.projects.a };
      network = (await client('editor').post<{ id: string }>('v1/network/allocate', body)).id;
      await seedWaitingMachines(cluster.tables, MACHINES, lab);
      for (const index of cluster.urls.keys()) await seen(index);
    }, 120_000);

    afterAll(() => cluster.close());

    /** Waits until every process has loaded the seeded data. */
    const seen = (index: number): Promise<unknown> =>
      eventually('the machines are there', async () => {
        const found = await client('viewer', index).post<unknown[]>('v1/machine/find', { partition_id: lab.partition });
        return found.length === MACHINES;
      });

    const allocate = (index: number): Promise<Answer> =>
      client('editor', index).post<Answer>('v1/machine/allocate', {
        projectid: lab.projects.a,
        partitionid: lab.partition,
        sizeid: lab.size,
        imageid: lab.machineImage,
        networks: [{ networkid: network }, { networkid: lab.internet }],
      });

    it('allocates every machine once, with unique addresses and ASNs, and leaks nothing', async () => {
      const results = await Promise.allSettled(Array.from({ length: REQUESTS }, (_, index) => allocate(index)));
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const lost = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as RestError] : []));

      const refusals = lost.map(
        ({ status, message }) => `${status} ${/no machine available/.exec(message)?.[0] ?? message}`,
      );
      expect(refusals).toEqual(Array.from({ length: REQUESTS - MACHINES }, () => '422 no machine available'));
      expect(new Set(won.map(({ id }) => id)).size).toBe(MACHINES);
      expect(new Set(won.map(({ allocation }) => allocation.networks[0]!.asn)).size).toBe(MACHINES);
      const addresses = won.flatMap(({ allocation }) => allocation.networks.flatMap(({ ips }) => ips));
      expect(addresses).toHaveLength(2 * MACHINES);
      expect(new Set(addresses).size).toBe(2 * MACHINES);
      await eventually('nothing leaked', () => leaks(cluster.tables).length === 0).catch(() => undefined);
      expect(leaks(cluster.tables)).toEqual([]);
    });

    it('frees all of them concurrently', async () => {
      const allocated = [...cluster.tables(machineTable).list()].filter(({ allocation }) => allocation);
      await Promise.all(allocated.map(({ id }, index) => client('editor', index).delete(`v1/machine/${id}/free`)));
      await eventually('nothing leaked', () => leaks(cluster.tables).length === 0).catch(() => undefined);
      expect(leaks(cluster.tables)).toEqual([]);
      const usedIps = async (): Promise<boolean> => {
        const answer = await client('viewer').get<{ usage: { used_ips: number } }>(`v1/network/${network}`);
        return answer.usage.used_ips === 2;
      };
      await eventually('every address is free again', usedIps);
    });
  });
}
