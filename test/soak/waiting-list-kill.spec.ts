import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { rethinkDatabase } from '../support/databases.js';
import type { Database } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { leaks } from '../support/invariants.js';
import { rethinkdbAvailable } from '../support/rethinkdb.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';
import type { Tables } from '../support/seed.js';
import { ServerProcess } from '../support/server-process.js';
import { openTables } from '../support/tables.js';
import type { WaitAnswer } from '../support/waiting.js';

describe.skipIf(!rethinkdbAvailable('the waiting list with two server processes'))(
  'the waiting list with two server processes: rethinkdb',
  () => {
    let database: Database;
    let servers: ServerProcess[];
    let tables: Tables;
    let closeTables: () => Promise<void>;
    let lab: Lab;
    let network: string;

    const startServer = (ports?: readonly [number, number]): Promise<ServerProcess> =>
      ServerProcess.start(
        { ...database.variables, METAL_API_ALLOCATION_TIMEOUT: '1s', METAL_API_DATA_DIR: '/nonexistent' },
        ports,
      );

    beforeAll(async () => {
      database = await rethinkDatabase();
      servers = [await startServer(), await startServer()];
      ({ tables, close: closeTables } = await openTables(new RethinkEngine(database.shared!)));
      const admin = servers[0]!.rest('admin');
      lab = await installLab(admin);
      const wanted = { partitionid: lab.partition, projectid: lab.projects.a };
      ({ id: network } = await admin.post<{ id: string }>('v1/network/allocate', wanted));
      await seedWaitingMachines(tables, 2, lab);
      await setWaiting(false);
    }, 180_000);

    afterAll(async () => {
      for (const server of servers) await server.stop();
      await closeTables();
      await database.stop();
    });

    const setWaiting = async (waiting: boolean): Promise<void> => {
      for (const index of [0, 1])
        await tables(machineTable).update(machineId(index), (machine) => ({ ...machine, waiting }));
    };

    const rest = (index: number): RestClient => servers[index]!.rest('editor');

    const join = (index: number): Promise<WaitAnswer> => {
      const member = { name: 'node', projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size };
      const machine = { ...member, imageid: lab.machineImage, networks: [{ networkid: network }] };
      return rest(index).post<WaitAnswer>('allocation/many', { wait: '10m', machines: [machine, machine] });
    };

    const allocated = (): string[] =>
      [...tables(machineTable).list()].filter(({ allocation }) => allocation).map(({ id }) => id);

    const find = (index: number, id: string): Promise<WaitAnswer> => rest(index).get(`allocation/wait/${id}`);

    async function freeAll(index: number): Promise<void> {
      for (const id of allocated()) await rest(index).delete(`v1/machine/${id}/free`);
      await eventually('all machines are free', () => allocated().length === 0);
      await setWaiting(false);
    }

    it.each([0, 5, 20, 60, 150])(
      'serves each request once although one of them is killed %i ms after machines became free',
      async (milliseconds) => {
        const entry = await join(0);
        const last = await join(1);
        expect([entry.position, last.position]).toEqual([1, 2]);
        await setWaiting(true);
        await new Promise((resolve) => setTimeout(resolve, milliseconds)); // the moment of the crash, not a wait
        const { ports } = servers[0]!;
        await servers[0]!.kill();
        const found = await eventually(
          'the other one has served it',
          async () => {
            const answer = await find(1, entry.id);
            return answer.state === 'served' && answer;
          },
          60_000,
        );
        await eventually('nothing leaks', () => leaks(tables).length === 0, 60_000);
        expect(allocated().sort()).toEqual([...found.machines].sort());
        expect((await find(1, last.id)).state).toBe('waiting');
        await rest(1).delete(`allocation/wait/${last.id}`);
        await freeAll(1);
        servers[0] = await startServer(ports);
      },
      120_000,
    );
  },
);
