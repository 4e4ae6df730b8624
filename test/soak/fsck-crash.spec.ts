import { expect, it, vi } from 'vitest';
import type { RestClient } from '../../src/agent/rest-client.js';
import { installLab, type Lab } from '../../src/agent/simulator/lab.js';
import type { FsckReportDto } from '../../src/modules/fsck/fsck.dto.js';
import { describeOnDatabases } from '../support/databases.js';
import { ServerProcess } from '../support/server-process.js';

const ROUNDS = 4;
/** A round kills the server after 2 to about this many successful changes, however long a busy computer takes for them. */
const MOST_CHANGES = 40;
const WORKERS = 10;

interface Identified {
  readonly id: string;
}

const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];

/** One random change of networking; most of them are valid. */
async function change(admin: RestClient, lab: Lab): Promise<unknown> {
  const children = (): Promise<Identified[]> =>
    admin.post('v1/network/find', { parentnetworkid: `${lab.partition}-super` });
  const inInternet = { networkid: lab.internet, projectid: lab.projects.a };
  switch (pick(['child', 'free', 'address', 'give-back', 'update', 'create', 'delete'])) {
    case 'child':
      return admin.post('v1/network/allocate', { partitionid: lab.partition, projectid: lab.projects.a });
    case 'free':
      return admin.delete(`v1/network/free/${pick(await children())?.id}`);
    case 'address': {
      const child = Math.random() < 0.5 ? pick(await children())?.id : undefined;
      return admin.post('v1/ip/allocate', { ...inInternet, ...(child && { networkid: child }) });
    }
    case 'give-back': {
      const ips = await admin.get<{ ipaddress: string }[]>('v1/ip');
      return admin.delete(`v1/ip/free/${pick(ips)?.ipaddress}`);
    }
    case 'update': {
      const prefixes = ['203.0.113.0/24', '198.51.100.0/24', '192.0.2.0/24'].slice(
        0,
        1 + Math.floor(Math.random() * 3),
      );
      return admin.post('v1/network', { id: lab.internet, prefixes });
    }
    case 'create':
      return admin.put('v1/network', { id: 'x', prefixes: ['198.18.0.0/24'], vrf: 4711 });
    default:
      return admin.delete('v1/network/x');
  }
}

/** Kills the server amid concurrent changes of networking, as soon as `enough` of them have succeeded. */
async function changeUntilKilled(server: ServerProcess, lab: Lab, enough: number): Promise<void> {
  const admin = server.rest('admin');
  let [done, over] = [0, false];
  const worker = async (): Promise<void> => {
    while (!over)
      await change(admin, lab).then(
        () => (done += 1),
        () => undefined,
      );
  };
  const workers = Array.from({ length: WORKERS }, worker);
  await vi.waitFor(() => expect(done).toBeGreaterThanOrEqual(enough), { timeout: 120_000, interval: 5 });
  await server.kill();
  over = true;
  await Promise.all(workers);
}

describeOnDatabases('fsck after kill -9', ({ kind, start }) => {
  // A server that is alone on its database cleans up when it starts. Others wait for deadlines; until then repairs do
  // it.
  it(`${ROUNDS} times: leaves no inconsistencies`, async () => {
    const database = await start();
    let server = await ServerProcess.start(database.variables);
    const lab = await installLab(server.rest('admin'));
    for (let round = 0; round < ROUNDS; round += 1) {
      await changeUntilKilled(server, lab, 2 + Math.floor(Math.random() * MOST_CHANGES));
      server = await ServerProcess.start(database.variables);
      const admin = server.rest('admin');
      if (kind !== 'embedded') await admin.post<FsckReportDto>('fsck/repair');
      expect((await admin.get<FsckReportDto>('fsck')).findings).toEqual([]);
    }
    await server.stop();
    await database.stop();
  });
});
