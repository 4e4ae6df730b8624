import { afterAll, beforeAll, expect, it } from 'vitest';
import { AllocationSite } from '../support/allocation-site.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { describeOnDatabases } from '../support/databases.js';
import type { Database } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { allocatedAt, machineBody, violationsAt } from '../support/many.js';
import { entriesOf, waitingBody } from '../support/waiting.js';
import type { WaitAnswer } from '../support/waiting.js';

const MANY = '/allocation/many';
const MACHINES = 3;

describeOnDatabases('the waiting list', ({ start }) => {
  let database: Database;
  let site: AllocationSite;
  let servers: TestApp[];

  const startServer = (data = '/nonexistent'): Promise<TestApp> =>
    startTestApp({ METAL_API_DATA_DIR: data, ...database.variables });

  beforeAll(async () => {
    database = await start();
    site = await AllocationSite.start(MACHINES, database.variables);
    servers = [site.server, ...(database.shared ? [await startServer()] : [])];
    const machines = Array.from({ length: MACHINES }, () => machineBody(site));
    await site.server.as('editor').post(MANY).send({ machines }).expect(200);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await database.stop();
  });

  const serverOf = (index: number): TestApp => servers[index % servers.length]!;

  async function join(index: number, count: number): Promise<string> {
    const body = waitingBody(site, count, { name: `entry-${index}`, user_data: `user data ${index}` });
    return ((await serverOf(index).as('editor').post(MANY).send(body).expect(202)).body as WaitAnswer).id;
  }

  /** Frees all machines, and makes them boot until they wait again. */
  async function freeAll(): Promise<void> {
    for (const id of allocatedAt(servers[0]!).machines)
      await servers[0]!.as('editor').delete(`/v1/machine/${id}/free`).expect(200);
    await site.seedOn(servers[0]!, MACHINES);
  }

  const served = (ids: readonly string[], server: TestApp): string[] => {
    const states = new Map(entriesOf(server).map(({ id, state }) => [id, state]));
    return ids.filter((id) => states.get(id) === 'served');
  };

  it('serves in the order of the answers, whichever replica gave them', async () => {
    const ids: string[] = [];
    for (const [index, count] of [2, 1, 3, 1, 1, 2].entries()) {
      ids.push(await join(index, count));
      for (const server of servers)
        await eventually('the replica knows the position', async () => {
          const { body } = await server.as('viewer').get(`/allocation/wait/${ids[index]}`);
          return (body as WaitAnswer).position === index + 1;
        });
    }
    for (const expected of [2, 3, 5, 6]) {
      await freeAll();
      for (const server of servers)
        await eventually(`${expected} are served`, () => served(ids, server).length === expected);
      expect(served(ids, serverOf(1))).toEqual(ids.slice(0, expected));
      for (const server of servers) expect(await violationsAt(server)).toEqual([]);
    }
  }, 120_000);

  it('outlives the servers, with its secrets', async () => {
    await freeAll();
    const machines = Array.from({ length: MACHINES }, () => machineBody(site));
    await eventually('the machines are free', async () => {
      const { status } = await servers[0]!.as('editor').post(MANY).send({ machines });
      return status === 200;
    });
    const id = await join(7, 1);
    await Promise.all(servers.map((server) => server.close()));
    servers = [await startServer()];
    expect(served([id], servers[0]!)).toEqual([]);
    await freeAll();
    const [entry] = await eventually('it is served', () => {
      const found = entriesOf(servers[0]!).filter((one) => one.id === id && one.state === 'served');
      return found.length > 0 && found;
    });
    const { body } = await servers[0]!.as('editor').get(`/v1/machine/${entry!.machines[0]}`).expect(200);
    expect(body).toMatchObject({ allocation: { name: 'entry-7', user_data: 'user data 7' } });
    expect(await violationsAt(servers[0]!)).toEqual([]);
  }, 120_000);
});
