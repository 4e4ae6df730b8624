import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import type { ExplanationResponse } from '../../src/modules/machine/allocation/explanation.dto.js';
import { EmbeddedEngine } from '../../src/platform/store/embedded/embedded-engine.js';
import { RethinkEngine } from '../../src/platform/store/rethinkdb/rethinkdb-engine.js';
import { describeOnDatabases } from '../support/databases.js';
import type { Database } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { seedWaitingMachines } from '../support/seed.js';
import { ServerProcess } from '../support/server-process.js';
import { openTables } from '../support/tables.js';

const MACHINES = 3;

describeOnDatabases('explanations of replicas', ({ start }) => {
  let database: Database;
  let lab: Lab;
  let servers: ServerProcess[];
  let body: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    database = await start();
    const first = await ServerProcess.start(database.variables);
    lab = await installLab(first.rest('admin'));
    await first.stop();
    const folder = join(database.variables['METAL_API_DATA_DIR'] ?? '', 'store');
    const { tables, close } = await openTables(
      database.shared ? new RethinkEngine(database.shared) : new EmbeddedEngine(folder),
    );
    await seedWaitingMachines(tables, MACHINES, lab);
    await close();
    const replicas = database.shared ? 2 : 1;
    servers = await Promise.all(Array.from({ length: replicas }, () => ServerProcess.start(database.variables)));
    const owner = { partitionid: lab.partition, projectid: lab.projects.a };
    const { id } = await servers[0]!.rest('editor').post<{ id: string }>('v1/network/allocate', owner);
    body = { ...owner, sizeid: lab.size, imageid: lab.machineImage, networks: [{ networkid: id }] };
  }, 180_000);
  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.stop()));
    await database?.stop();
  });

  const explain = (server: ServerProcess): Promise<ExplanationResponse> =>
    server.rest('viewer').post<ExplanationResponse>('allocation/explain', body);
  const leftAt = async (server: ServerProcess, filter: string): Promise<number | undefined> =>
    (await explain(server)).filters?.find((one) => one.filter === filter)?.left;

  it('agree with what any replica has allocated, until none is left; refusals have the same summary', async () => {
    for (let taken = 0; taken < MACHINES; taken++) {
      for (const server of servers) {
        await eventually('the replica knows', async () => (await leftAt(server, 'unowned')) === MACHINES - taken);
        const { verdict, chosen } = await explain(server);
        expect([verdict, chosen?.machines]).toEqual(['allocatable', expect.arrayContaining([expect.any(String)])]);
      }
      const at = servers[taken % servers.length]!;
      const { machines } = (await explain(at)).chosen!;
      const name = `node-${taken}`;
      const { id } = await at
        .rest('editor')
        .post<{ id: string }>('v1/machine/allocate', { ...body, name, hostname: name });
      expect(machines).toContain(id);
    }
    for (const server of servers) {
      await eventually('the replica knows', async () => (await leftAt(server, 'unowned')) === 0);
      const { verdict, summary } = await explain(server);
      expect(verdict).toBe('refused');
      const refused = server.rest('editor').post('v1/machine/allocate', { ...body, name: 'more', hostname: 'more' });
      await expect(refused).rejects.toThrow(summary);
    }
  });
});
