import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { commandTable } from '../../src/modules/command/command.table.js';
import { FsckService } from '../../src/modules/fsck/fsck.service.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { AllocationSweeper } from '../../src/modules/machine/allocation/allocation-sweeper.service.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { NetworkService } from '../../src/modules/network/network.service.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import type { Engine } from '../../src/platform/store/engine.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { DomainError } from '../../src/shared/errors/domain-error.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { override } from '../support/engines.js';
import { HeldFeed } from '../support/held-feed.js';
import { DEV_KEYS } from '../support/hmac.js';
import { leaks } from '../support/invariants.js';
import { tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';

/** Tables that these requests write; commands are also written while being sent. */
const OF_REQUESTS = [
  ...['machine', 'event', 'switch', 'command', 'placementledger'],
  ...['ip', 'asn', 'vrf', 'network', 'childprefix', 'prefixreservation'],
];

/** What is lost: the response to a write, the write itself, or the database right after the write. */
const LOSSES = ['the answer', 'the write', 'the database'] as const;
type Loss = (typeof LOSSES)[number];

/** The loss to come, after `left` more writes. */
let fuse: { left: number; readonly loss: Loss } | undefined;
const database = new MemoryEngine();

const unavailable = (): DomainError => new DomainError('unavailable', 'the database did not answer');
const isGone = (): boolean => fuse?.loss === 'the database' && fuse.left < 0;

const losing =
  <A extends [string, ...unknown[]], R>(act: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    if (isGone()) throw unavailable();
    if (!fuse || !OF_REQUESTS.includes(args[0]) || fuse.left-- !== 0) return act(...args);
    if (fuse.loss !== 'the write') await act(...args);
    throw unavailable();
  };

const fragile: Engine = override(database, {
  insert: losing((table, content) => database.insert(table, content)),
  replace: losing((table, content, revision) => database.replace(table, content, revision)),
  remove: losing((table, id, revision) => database.remove(table, id, revision)),
  read: async (table, id) => {
    if (isGone()) throw unavailable();
    return database.read(table, id);
  },
});
const feed = new HeldFeed(fragile);

let server: TestApp;
let lab: Lab;
let network: string;
const uuid = machineId(0);

beforeAll(async () => {
  server = await startTestApp({}, { engine: feed.engine });
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  network = await newNetwork();
  await seedWaitingMachines((definition) => tableOf(server, definition), 1, lab);
});
afterAll(() => server.close());

const post = (path: string, body: object) => server.as('editor').post(path).send(body);
const remove = (path: string) => server.as('editor').delete(path);
const childRequest = () => ({ partitionid: lab.partition, projectid: lab.projects.a });
const addressRequest = () => ({ networkid: lab.internet, projectid: lab.projects.a });

const newNetwork = async () => (await post('/v1/network/allocate', childRequest()).expect(201)).body.id as string;
const newAddress = async () => (await post('/v1/ip/allocate', addressRequest()).expect(201)).body.ipaddress as string;
const allocate = (ips: readonly string[]) =>
  post('/v1/machine/allocate', {
    ...{ uuid, ips, projectid: lab.projects.a, imageid: lab.machineImage },
    networks: [{ networkid: network }, { networkid: lab.internet }],
  });
const free = () => remove(`/v1/machine/${uuid}/free`);

/** Runs the sweepers as if every deadline had passed. */
async function sweep(): Promise<void> {
  const late = Date.now() + 3600_000;
  for (let pass = 0; pass < 2; pass += 1) {
    await server.app.get(AllocationSweeper).sweep(late);
    await server.app.get(NetworkService).sweep(late);
  }
}

/** All inconsistencies of allocations and of networking documents. */
async function faults(): Promise<string[]> {
  const { findings } = await server.app.get(FsckService).check();
  return [...leaks((definition) => tableOf(server, definition)), ...findings.map((finding) => JSON.stringify(finding))];
}

/** The response of `request` if the response to its write number `write` is lost; undefined if it writes less often. */
async function cut(write: number, loss: Loss, request: () => PromiseLike<{ status: number }>) {
  fuse = { left: write, loss };
  feed.hold(...OF_REQUESTS.map((name) => ({ name })));
  const { status } = await request();
  const lost = fuse.left < 0;
  fuse = undefined;
  feed.release();
  return lost ? status : undefined;
}

/** Runs `scene` for every write of the request that it interrupts; `scene` returns the result of `cut`. */
async function forEachWrite(scene: (write: number, loss: Loss) => Promise<number | undefined>): Promise<void> {
  for (const loss of LOSSES) {
    let writes = 0;
    while ((await scene(writes, loss)) !== undefined) {
      await sweep();
      expect(await faults(), `${loss} is lost at write ${writes}`).toEqual([]);
      writes += 1;
    }
    expect(writes).toBeGreaterThan(0);
  }
}

describe('no state is lost if the response to any write of a request is lost', () => {
  it('allocation', async () => {
    await forEachWrite(async (write, loss) => {
      const address = await newAddress();
      const status = await cut(write, loss, () => allocate([address]));
      const allocated = tableOf(server, machineTable).get(uuid)?.allocation !== undefined;
      if (status !== undefined) expect([200, 503]).toContain(status);
      if (status === 200) expect(allocated).toBe(true);
      await sweep();
      expect(tableOf(server, machineTable).get(uuid)?.allocation !== undefined, `write ${write}`).toBe(allocated);
      if (allocated) await free().expect(200);
      else await remove(`/v1/ip/free/${address}`).expect(200);
      expect(tableOf(server, ipTable).size).toBe(0);
      return status;
    });
  }, 60_000);

  it('release', async () => {
    await forEachWrite(async (write, loss) => {
      await allocate([await newAddress()]).expect(200);
      const released = tableOf(server, machineTable).get(uuid)!.allocation!.uuid;
      const status = await cut(write, loss, free);
      if (status !== undefined && write % 2 === 0) await sweep();
      if (tableOf(server, machineTable).get(uuid)?.allocation) await free().expect(200);
      expect(tableOf(server, commandTable).get(`reclaim-${released}`), `write ${write}`).toBeDefined();
      expect(tableOf(server, ipTable).size).toBe(0);
      return status;
    });
  }, 60_000);

  it('creating a network', async () => {
    await forEachWrite(async (write, loss) => {
      const before = new Set([...tableOf(server, networkTable).list()].map(({ id }) => id));
      const status = await cut(write, loss, () => post('/v1/network/allocate', childRequest()));
      const made = [...tableOf(server, networkTable).list()].filter(({ id }) => !before.has(id));
      for (const { id, status: state } of made)
        if (state === 'active') await remove(`/v1/network/free/${id}`).expect(200);
      return status;
    });
  }, 60_000);

  it('freeing a network', async () => {
    await forEachWrite(async (write, loss) => {
      const id = await newNetwork();
      const status = await cut(write, loss, () => remove(`/v1/network/free/${id}`));
      if (status !== undefined) expect([200, 404]).toContain((await remove(`/v1/network/free/${id}`)).status);
      expect(tableOf(server, networkTable).get(id)).toBeUndefined();
      return status;
    });
  }, 60_000);

  it('deleting a super network', async () => {
    const admin = new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin });
    const path = '/v1/network/other-super';
    await forEachWrite(async (write, loss) => {
      await installLab(admin, 'other');
      const status = await cut(write, loss, () => server.as('admin').delete(path));
      await sweep();
      if (tableOf(server, networkTable).get('other-super')) {
        const request = { partitionid: 'other', projectid: lab.projects.a };
        const { id } = (await post('/v1/network/allocate', request).expect(201)).body as { id: string };
        await remove(`/v1/network/free/${id}`).expect(200);
        await server.as('admin').delete(path).expect(200);
      }
      return status;
    });
  }, 60_000);

  it('addresses', async () => {
    await forEachWrite(async (write, loss) => {
      const status = await cut(write, loss, () => post('/v1/ip/allocate', addressRequest()));
      for (const { id } of [...tableOf(server, ipTable).list()]) {
        await cut(write, loss, () => remove(`/v1/ip/free/${id}`));
        await remove(`/v1/ip/free/${id}`);
      }
      expect(tableOf(server, ipTable).size).toBe(0);
      return status;
    });
  }, 60_000);
});
