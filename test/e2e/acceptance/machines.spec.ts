import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventTable } from '../../../src/modules/machine/event/event.table.js';
import { machineTable } from '../../../src/modules/machine/machine.table.js';
import { eventually } from '../../support/eventually.js';
import { hmacHeaders } from '../../support/hmac.js';
import { leaks } from '../../support/invariants.js';
import { tableOf } from '../../support/machines.js';
import { aliveContainer, machineId, waitingMachine } from '../../support/seed.js';
import type { IpBody, MachineBody } from './bodies.js';
import { BASE_PATHS, OTHER_KEY, PUBLIC_KEY, Scene } from './scene.js';

const keyOf = (tag: string): string => tag.slice(0, tag.indexOf('='));
const SERVER_TAGS = ['network.primary.asn', 'rack', 'chassis'].map((name) => `machine.metal-stack.io/${name}`);

describe.each(BASE_PATHS)('acceptance of machines below %s', (basePath) => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.start(basePath, 24);
  });
  afterAll(() => scene.stop());

  const leaked = () => leaks((definition) => tableOf(scene.server, definition));
  const addressesOf = (project: string) => scene.editor.post<IpBody[]>('/v1/ip/find', { projectid: project });

  it('A10 machine create', async () => {
    const cluster = await scene.newCluster();
    const machine = await scene.createWorker(cluster);
    expect(machine).toMatchObject({
      id: expect.any(String),
      partition: { id: scene.lab.partition },
      allocation: { role: 'machine', user_data: '#!ignition { raw }', name: expect.stringContaining('worker-') },
    });
    expect(machine.allocation!.hostname).toBe(machine.allocation!.name);
    expect(machine.tags).toContain(cluster.tag);
    expect(machine.tags.map(keyOf)).toEqual(expect.arrayContaining(SERVER_TAGS));
    const [network, ...others] = machine.allocation!.networks;
    expect(others).toEqual([]);
    expect(network).toMatchObject({ networkid: cluster.network.id, networktype: 'privateprimaryunshared' });
    expect(network!.ips).toHaveLength(1);
    await scene.free(machine.id);
  });

  it('A11 no machine left', async () => {
    const cluster = await scene.newCluster();
    const constraints = [{ type: 'cores', min: 77, max: 77 }];
    await scene.admin.put('/v1/size', { id: 'a11', constraints }, 201);
    const images = { debian: '*' };
    await scene.admin.put('/v1/filesystemlayout', { id: 'a11', constraints: { sizes: ['a11'], images } }, 201);
    const create = () =>
      scene.editor.send<MachineBody>(
        'POST',
        '/v1/machine/allocate',
        JSON.stringify(scene.workerOf(cluster, { sizeid: 'a11' })),
      );
    expect((await create()).status).toBe(422);
    expect(await scene.machinesOf(cluster)).toEqual([]);
    expect(await addressesOf(cluster.project)).toEqual([]);
    expect(leaked()).toEqual([]);
    const waiting = waitingMachine(11, { partition: scene.lab.partition, size: 'a11' });
    await tableOf(scene.server, machineTable).insert(waiting);
    await tableOf(scene.server, eventTable).insert(aliveContainer(machineId(11)));
    const { status, body } = await create();
    expect([status, body.id]).toEqual([200, machineId(11)]);
    await scene.free(body.id);
  });

  it('A12 placement', async () => {
    // Repeated, because a single machine in the other rack may be a coincidence.
    for (let round = 0; round < 5; round++) {
      const cluster = await scene.newCluster();
      const first = await scene.createWorker(cluster);
      const second = await scene.createWorker(cluster);
      expect([first.rackid, second.rackid].sort()).toEqual(['fra-rack-1', 'fra-rack-2']);
      for (const { id } of [first, second]) await scene.free(id);
    }
  });

  it('A13 parallel create', async () => {
    await scene.untilWaiting(20);
    const cluster = await scene.newCluster();
    const machines = await Promise.all(Array.from({ length: 20 }, () => scene.createWorker(cluster)));
    expect(new Set(machines.map(({ id }) => id)).size).toBe(20);
    expect(new Set(machines.flatMap(({ allocation }) => allocation!.networks[0]!.ips)).size).toBe(20);
    expect(leaked()).toEqual([]);
    await Promise.all(machines.map(({ id }) => scene.free(id)));
    await scene.untilWaiting(20);
  });

  it('A14 list of machines', async () => {
    const cluster = await scene.newCluster();
    const other = await scene.newCluster();
    const worker = await scene.createWorker(cluster);
    const firewall = await scene.createFirewall(cluster, [cluster.network.id, scene.lab.internet]);
    const stranger = await scene.createWorker(other);
    const machines = await scene.machinesOf(cluster);
    expect(machines.map(({ id }) => id)).toEqual([worker.id, firewall.id].sort());
    for (const { id, partition, allocation } of machines) {
      expect(partition?.id).toBe(scene.lab.partition);
      expect(allocation?.hostname).toBeTruthy();
      expect(allocation?.role).toBe(id === firewall.id ? 'firewall' : 'machine');
    }
    for (const { id } of [worker, firewall, stranger]) await scene.free(id);
  });

  it('A15 status of an allocated machine', async () => {
    const cluster = await scene.newCluster();
    const { id } = await scene.createWorker(cluster);
    expect((await scene.machine(id)).tags).toContain(cluster.tag);
    await scene.free(id);
  });

  it('A16 delete', async () => {
    const cluster = await scene.newCluster();
    const { id } = await scene.createWorker(cluster);
    expect(await scene.machinesOf(cluster, { id, allocation_role: 'machine' })).toHaveLength(1);
    expect((await scene.free(id)).id).toBe(id);
    expect(await scene.machinesOf(cluster)).toEqual([]);
  });

  it('A17 status after free', async () => {
    const { id } = await scene.createWorker(await scene.newCluster());
    await scene.free(id);
    const machine = await scene.machine(id);
    expect(machine.allocation ?? undefined).toBeUndefined();
    expect(machine.tags).toEqual([]);
  });

  it('A18 double delete', async () => {
    const cluster = await scene.newCluster();
    const first = await scene.createWorker(cluster);
    const [other] = (await scene.as('viewer').get<MachineBody[]>('/v1/machine')).filter(
      ({ allocation }) => !allocation,
    );
    await scene.free(first.id);
    expect(await scene.machinesOf(cluster, { id: first.id })).toEqual([]);
    const second = await scene.createWorker(cluster, { uuid: other!.id });
    const [address] = second.allocation!.networks[0]!.ips;
    expect([address]).toEqual(first.allocation!.networks[0]!.ips);
    const { status } = await scene.editor.send('DELETE', `/v1/machine/${first.id}/free`);
    expect(status).toBeLessThan(500);
    const { tags } = await scene.editor.get<IpBody>(`/v1/ip/${address}`);
    expect(tags).toEqual([`machine.metal-stack.io/id=${second.id}`]);
    const { allocation } = await scene.editor.get<typeof second>(`/v1/machine/${second.id}`); // a viewer sees no user data
    expect(allocation).toEqual(second.allocation);
    expect(leaked()).toEqual([]);
    await scene.free(second.id);
  });

  it('A19 delete by another cluster', async () => {
    const [cluster, owner] = [await scene.newCluster(), await scene.newCluster()];
    const { id } = await scene.createWorker(owner);
    expect(await scene.machinesOf(cluster, { id })).toEqual([]);
    expect((await scene.machine(id)).allocation?.project).toBe(owner.project);
    await scene.free(id);
  });

  it('A20 freeing a locked machine', async () => {
    const { id, allocation } = await scene.createWorker(await scene.newCluster());
    const state = (value: string) => ({ value, description: 'a20', metal_hammer_version: null });
    await scene.admin.post(`/v1/machine/${id}/state`, state('LOCKED'));
    await scene.editor.refused(422, 'DELETE', `/v1/machine/${id}/free`);
    expect((await scene.machine(id)).allocation?.created).toBe(allocation!.created);
    await scene.admin.post(`/v1/machine/${id}/state`, state(''));
    await scene.free(id);
  });

  it('A21 orphan after a lost response', async () => {
    const cluster = await scene.newCluster();
    const isUnderWay = () =>
      [...tableOf(scene.server, machineTable).list()].some(
        ({ claim, allocation }) => (claim ?? allocation)?.project === cluster.project,
      );
    await postAndHangUp(`${scene.url}/v1/machine/allocate`, JSON.stringify(scene.workerOf(cluster)), isUnderWay);
    const orphan = await eventually('the orphan is listed', async () => (await scene.machinesOf(cluster))[0]);
    await scene.free(orphan.id);
    expect(await scene.machinesOf(cluster)).toEqual([]);
    expect(await addressesOf(cluster.project)).toEqual([]);
    expect(leaked()).toEqual([]);
  });

  it('A23 addresses of a node', async () => {
    const cluster = await scene.newCluster();
    const networks = [cluster.network.id, scene.lab.internet].map((networkid) => ({ networkid, autoacquire: true }));
    const machine = await scene.createWorker(cluster, { networks });
    const [node, internet] = machine.allocation!.networks;
    expect(node).toMatchObject({ networktype: 'privateprimaryunshared', ips: [expect.any(String)] });
    const external = { networktype: 'external', networkid: scene.lab.internet, ips: [expect.any(String)] };
    expect(internet).toMatchObject(external);
    await scene.free(machine.id);
  });

  it('A24 tag synchronization keeps keys', async () => {
    const cluster = await scene.newCluster();
    const { id, allocation } = await scene.createWorker(cluster);
    const change = { id, tags: [cluster.tag, 'a=b'], ssh_pub_keys: null, description: null };
    const machine = await scene.admin.post<MachineBody>('/v1/machine', change);
    expect(machine.allocation).toMatchObject({ ssh_pub_keys: [PUBLIC_KEY], description: allocation!.description });
    expect(machine.tags).toEqual(expect.arrayContaining([cluster.tag, 'a=b']));
    expect(machine.tags.map(keyOf)).toEqual(expect.arrayContaining(SERVER_TAGS));
    await scene.free(id);
  });

  it('A25 key synchronization keeps tags', async () => {
    const { id, tags } = await scene.createWorker(await scene.newCluster());
    const change = { id, ssh_pub_keys: [OTHER_KEY], tags: null, description: null };
    const machine = await scene.admin.post<MachineBody>('/v1/machine', change);
    expect(machine.allocation?.ssh_pub_keys).toEqual([OTHER_KEY]);
    expect(machine.tags).toEqual(tags);
    await scene.free(id);
  });

  it('A41 null or empty keys of the cluster API', async () => {
    const cluster = await scene.newCluster();
    const worker = await scene.createWorker(cluster, { ssh_pub_keys: null, ips: null });
    const networks = [cluster.network.id, scene.lab.internet];
    const firewall = await scene.createFirewall(cluster, networks, { ssh_pub_keys: [] });
    for (const { id, allocation } of [worker, firewall]) {
      expect(allocation?.ssh_pub_keys).toEqual([]);
      await scene.free(id);
    }
  });
});

/** Sends a complete request and hangs up once it is under way, without reading the response. */
async function postAndHangUp(url: string, body: string, isUnderWay: () => boolean): Promise<void> {
  const headers = { ...hmacHeaders('editor', 'POST'), 'Content-Type': 'application/json' };
  const sent = request(url, { method: 'POST', headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } });
  sent.on('error', () => undefined);
  await new Promise<void>((resolve) => sent.end(body, resolve));
  await eventually('the request is under way', isUnderWay);
  sent.destroy();
}
