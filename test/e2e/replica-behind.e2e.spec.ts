import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { filesystemLayoutTable } from '../../src/modules/filesystem-layout/filesystem-layout.table.js';
import { imageTable } from '../../src/modules/image/image.table.js';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { ResurrectionService } from '../../src/modules/machine/release/resurrection.service.js';
import { AllocationSweeper } from '../../src/modules/machine/allocation/allocation-sweeper.service.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import { partitionTable } from '../../src/modules/partition/partition.table.js';
import { projectTable } from '../../src/modules/project/project.table.js';
import { sizeTable } from '../../src/modules/size/size.table.js';
import { asnTable, vrfTable } from '../../src/modules/pool/pool.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { HeldFeed } from '../support/held-feed.js';
import { DEV_KEYS } from '../support/hmac.js';
import { leaks } from '../support/invariants.js';
import { plantLeaf, tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';

/** Two replicas on one database; the second one does not see the writes of the first until the test lets it. */
let first: TestApp;
let second: TestApp;
let lab: Lab;
let network: string;
let machines = 0;
const database = new MemoryEngine();
const feed = new HeldFeed(database);

beforeAll(async () => {
  first = await startTestApp({}, { engine: database });
  second = await startTestApp({}, { engine: feed.engine });
  lab = await installLab(new RestClient({ url: `${first.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  network = await newNetwork();
});
afterAll(async () => {
  await second.close();
  await first.close();
});
afterEach(() => feed.release());

async function newNetwork(): Promise<string> {
  const body = { partitionid: lab.partition, projectid: lab.projects.a };
  return (await first.as('editor').post('/v1/network/allocate').send(body).expect(201)).body.id as string;
}

/** Adds a waiting machine that both replicas know. */
async function newMachine(): Promise<string> {
  machines += 1;
  await seedWaitingMachines((definition) => tableOf(first, definition), machines, lab);
  return machineId(machines - 1);
}

const allocate = (server: TestApp, uuid: string, ips: readonly string[] = []) =>
  server
    .as('editor')
    .post('/v1/machine/allocate')
    .send({
      ...{ uuid, ips, projectid: lab.projects.a, imageid: lab.machineImage },
      networks: [{ networkid: network }, { networkid: lab.internet }],
    });
const free = (server: TestApp, id: string) => server.as('editor').delete(`/v1/machine/${id}/free`);
const found = () => leaks((definition) => tableOf(first, definition));

describe('a lagging replica', () => {
  it('releases all addresses and the ASN of a machine that another replica has just allocated', async () => {
    const id = await newMachine();
    const request = { networkid: lab.internet, projectid: lab.projects.a };
    const brought = (await first.as('editor').post('/v1/ip/allocate').send(request).expect(201)).body
      .ipaddress as string;
    feed.hold(machineTable, ipTable, asnTable);
    await allocate(first, id, [brought]).expect(200);
    expect((await free(second, id).expect(200)).body.allocation).toBeNull();
    expect(found()).toEqual([]);
    expect(tableOf(first, ipTable).size).toBe(0);
    expect(tableOf(first, asnTable).size).toBe(0);
  });

  it('removes the ports of a freed machine from the VRF that another replica has just moved them into', async () => {
    const id = await newMachine();
    const leaf = `leaf-${id}`;
    await plantLeaf(first, leaf, id);
    const inVrf = (vrf: string) =>
      tableOf(first, switchTable).update(leaf, (one) => ({ ...one, nics: one.nics.map((nic) => ({ ...nic, vrf })) }));
    await inVrf('');
    await allocate(first, id).expect(200);
    feed.hold(switchTable);
    await inVrf('vrf42');
    await free(second, id).expect(200);
    expect(tableOf(first, switchTable).get(leaf)?.nics[0]).toMatchObject({ vrf: undefined });
  });

  it('releases the VRF of a network whose VRF it has not seen yet', async () => {
    feed.hold(vrfTable);
    const before = tableOf(first, vrfTable).size;
    const id = await newNetwork();
    expect(tableOf(first, vrfTable).size).toBe(before + 1);
    await second.as('editor').delete(`/v1/network/free/${id}`).expect(200);
    expect(tableOf(first, vrfTable).size).toBe(before);
  });

  it('takes nothing away from an allocation whose machine it has not seen yet', async () => {
    const id = await newMachine();
    feed.hold(machineTable);
    await allocate(first, id).expect(200);
    const sweeper = second.app.get(AllocationSweeper);
    const late = Date.now() + 3600_000;
    for (let pass = 0; pass < 3; pass += 1) expect(await sweeper.sweep(late)).toMatchObject({ orphans: 0 });
    expect(found()).toEqual([]);
    feed.release();
    await free(first, id).expect(200);
  });

  it('releases no numbers without a machine while its feeds are broken, nor on the first pass', async () => {
    const acquired = new Date(Date.now() - 3600_000).toISOString();
    await tableOf(first, asnTable).insert({ id: '777', owners: ['nobody'], acquired });
    const sweeper = second.app.get(AllocationSweeper);
    feed.lose(machineTable);
    for (let pass = 0; pass < 3; pass += 1) expect(await sweeper.sweep()).toMatchObject({ orphans: 0 });
    feed.recover(machineTable);
    expect(await sweeper.sweep()).toMatchObject({ orphans: 0 });
    expect(await sweeper.sweep()).toMatchObject({ orphans: 1 });
    expect(tableOf(first, asnTable).get('777')).toBeUndefined();
  });

  it('neither takes nor frees an address that another replica has just assigned to a machine', async () => {
    const id = await newMachine();
    const request = { networkid: lab.internet, projectid: lab.projects.a };
    const take = async (server: TestApp) =>
      (await server.as('editor').post('/v1/ip/allocate').send(request).expect(201)).body.ipaddress as string;
    const brought = await take(first);
    feed.hold(machineTable, ipTable, asnTable);
    await allocate(first, id, [brought]).expect(200);
    const taken = await take(first);
    await second.as('editor').delete(`/v1/ip/free/${brought}`).expect(400);
    expect([brought, taken]).not.toContain(await take(second));
    expect(found()).toEqual([]);
    feed.release();
    await free(first, id).expect(200);
    for (const { id: address } of [...tableOf(first, ipTable).list()])
      await first.as('editor').delete(`/v1/ip/free/${address}`).expect(200);
  });

  it('neither removes nor reboots a machine that has come back to life', async () => {
    const id = await newMachine();
    const events = tableOf(first, eventTable);
    const long = new Date(Date.now() - 2 * 3600_000).toISOString();
    const container = events.get(id)!;
    await events.update(id, (one) => ({ ...one, liveliness: 'Dead', lastEventTime: long }));
    feed.hold(eventTable);
    await events.update(id, (one) => ({ ...container, revision: one.revision }));
    await second.as('admin').delete(`/v1/machine/${id}`).expect(422);
    expect(await second.app.get(ResurrectionService).resurrect()).toEqual({ resurrected: 0, errors: 0 });
    expect(events.get(id)?.events[0]?.event).toBe('Waiting');
  });

  it('allocates a machine that another replica has just freed', async () => {
    const id = await newMachine();
    await allocate(first, id).expect(200);
    feed.hold(machineTable);
    await free(first, id).expect(200);
    await allocate(second, id).expect(200);
    await allocate(second, id).expect(422);
    feed.release();
    await free(first, id).expect(200);
    expect(found()).toEqual([]);
  });

  it('frees a machine that was freed and allocated again while it saw the first release only', async () => {
    const id = await newMachine();
    await allocate(first, id).expect(200);
    const table = tableOf(first, machineTable);
    const { uuid } = table.get(id)!.allocation!;
    const deadline = new Date(Date.now() + 60_000).toISOString();
    await table.update(id, (one) => ({ ...one, release: { id: `reclaim-${uuid}`, allocation: uuid, deadline } }));
    feed.hold(machineTable);
    await free(first, id).expect(200);
    await allocate(first, id).expect(200);
    expect((await free(second, id).expect(200)).body.allocation).toBeNull();
    expect(table.get(id)?.allocation).toBeUndefined();
    expect(found()).toEqual([]);
  });

  it('allocates with an address and a network that another replica has just created', async () => {
    const id = await newMachine();
    feed.hold(networkTable, ipTable);
    network = await newNetwork();
    const request = { networkid: lab.internet, projectid: lab.projects.a };
    const made = (await first.as('editor').post('/v1/ip/allocate').send(request).expect(201)).body.ipaddress as string;
    await allocate(second, id, [made]).expect(200);
    feed.release();
    await free(first, id).expect(200);
    expect(found()).toEqual([]);
  });

  it('allocates with anything else that another replica has just created', async () => {
    const id = await newMachine();
    feed.hold(imageTable, projectTable, filesystemLayoutTable, networkTable);
    const admin = first.as('admin');
    const image = { id: 'novel-1.0', name: 'novel', url: 'http://127.0.0.1/novel', features: ['machine'] };
    await admin.put('/v1/image').send(image).expect(201);
    const { tenantId } = tableOf(first, projectTable).get(lab.projects.a)!;
    const project = await admin.put('/v1/project').send({ name: 'novel', tenant_id: tenantId }).expect(201);
    const { meta } = project.body as { meta: { id: string } };
    const layout = {
      ...{ id: 'novel', filesystems: [], disks: [], raid: [] },
      constraints: { sizes: [], images: {} },
    };
    await admin.put('/v1/filesystemlayout').send(layout).expect(201);
    const child = { partitionid: lab.partition, projectid: meta.id };
    const made = (await first.as('editor').post('/v1/network/allocate').send(child).expect(201)).body.id as string;
    const body = {
      ...{ uuid: id, projectid: meta.id, imageid: 'novel-1.0', filesystemlayoutid: 'novel' },
      networks: [{ networkid: made }],
    };
    await second.as('editor').post('/v1/machine/allocate').send(body).expect(200);
    await free(first, id).expect(200);
  });

  it('finds, changes and removes entities that another replica has just created', async () => {
    feed.hold(networkTable, ipTable, imageTable, sizeTable, projectTable, partitionTable);
    const editor = second.as('editor');
    const request = { networkid: lab.internet, projectid: lab.projects.a };
    const made = (await first.as('editor').post('/v1/ip/allocate').send(request).expect(201)).body.ipaddress as string;
    await editor.get(`/v1/ip/${made}`).expect(200);
    const { body } = await editor.post('/v1/ip').send({ ipaddress: made, type: 'static' }).expect(200);
    expect(body.type).toBe('static');
    await editor.delete(`/v1/ip/free/${made}`).expect(200);
    const child = await newNetwork();
    await editor
      .post('/v1/ip/allocate')
      .send({ ...request, networkid: child })
      .expect(201);
    const [address] = [...tableOf(first, ipTable).list()].filter(({ networkId }) => networkId === child);
    await editor.delete(`/v1/ip/free/${address!.id}`).expect(200);
    await editor.delete(`/v1/network/free/${child}`).expect(200);
    const size = { id: 'novel', constraints: [{ type: 'cores', min: 1, max: 1 }] };
    await first.as('admin').put('/v1/size').send(size).expect(201);
    await second.as('admin').post('/v1/size').send({ id: 'novel', description: 'seen' }).expect(200);
    await second.as('admin').delete('/v1/size/novel').expect(200);
    await editor.get('/v1/image/none').expect(404);
  });

  it('powers and locks a machine that another replica has just registered', async () => {
    feed.hold(machineTable, eventTable);
    const id = await newMachine();
    const admin = second.as('admin');
    await admin.get(`/v1/machine/${id}`).expect(200);
    await admin.post(`/v1/machine/${id}/power/on`).send([]).expect(200);
    await admin.post(`/v1/machine/${id}/state`).send({ value: 'LOCKED', description: 'seen' }).expect(200);
    await admin.post(`/v1/machine/${id}/state`).send({ value: '', description: '' }).expect(200);
  });

  it('repeats its decision if data that it read indirectly arrives late', async () => {
    feed.hold(networkTable);
    const id = 'late';
    await installLab(new RestClient({ url: `${first.url}/`, role: 'admin', key: DEV_KEYS.admin }), id);
    const request = second
      .as('editor')
      .post('/v1/network/allocate')
      .send({ partitionid: id, projectid: lab.projects.a });
    setTimeout(() => feed.release(), 200);
    await request.expect(201);
  });

  it.each([[machineTable], [ipTable], [networkTable], [switchTable], [vrfTable]])(
    'neither checks nor repairs anything while it has lost the feed of $name',
    async (table) => {
      await second.as('viewer').get('/fsck').expect(200);
      feed.lose(table);
      await second.as('viewer').get('/fsck').expect(503);
      await second.as('admin').post('/fsck/repair?dry-run=true').expect(503);
      await second.as('admin').post('/fsck/repair?dry-run=false').expect(503);
      feed.recover(table);
      await second.as('admin').post('/fsck/repair?dry-run=true').expect(200);
    },
  );
});
