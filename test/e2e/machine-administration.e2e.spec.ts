import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FilesystemLayout } from '../../src/modules/filesystem-layout/filesystem-layout.js';
import { eventTable } from '../../src/modules/machine/event/event.table.js';
import { newEventContainer } from '../../src/modules/machine/event/provisioning-event.js';
import { newMachine } from '../../src/modules/machine/machine.js';
import { bmcTable, machineTable } from '../../src/modules/machine/machine.table.js';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { SSH_KEYS } from '../support/ssh-keys.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { withSlowFeed } from '../support/engines.js';
import { plantedAllocation, plantLeaf, plantMachine, tableOf } from '../support/machines.js';

let server: TestApp;
let id = '';
let count = 0;

beforeAll(async () => {
  server = await startTestApp({ METAL_API_PASSWORD_REASON_MINLENGTH: '10' });
  const image = (name: string, feature: string) => ({
    id: name,
    url: 'http://images.example.org/x',
    features: [feature],
  });
  await server.as('admin').put('/v1/image').send(image('ubuntu-24.4.20240401', 'machine')).expect(201);
  await server.as('admin').put('/v1/image').send(image('ubuntu-24.4.20240501', 'machine')).expect(201);
  await server.as('admin').put('/v1/image').send(image('firewall-3.0.20240101', 'firewall')).expect(201);
});
afterAll(() => server.close());

beforeEach(() => {
  id = `machine-${++count}`;
});

const SYSTEM_TAGS = ['machine.metal-stack.io/network.primary.asn=4210000001', 'machine.metal-stack.io/rack=rack-1'];

describe('POST /v1/machine', () => {
  const update = (body: object) => server.as('admin').post('/v1/machine').send(body);
  const plant = () => {
    const allocation = plantedAllocation({ description: 'd', sshPubKeys: ['key-1'], userTags: ['a=1'] });
    return plantMachine(server, id, { machine: { allocation, rackId: 'rack-1', tags: ['a=1', ...SYSTEM_TAGS] } });
  };

  it("scenario 24: a tag sync keeps keys and description, and the system's tags", async () => {
    await plant();
    const { body } = await update({ id, tags: ['b=2'], ssh_pub_keys: null, description: null }).expect(200);
    expect(body.tags).toEqual(['b=2', ...SYSTEM_TAGS]);
    expect(body.allocation).toMatchObject({ ssh_pub_keys: ['key-1'], description: 'd' });
  });

  it('scenario 25: a key sync keeps tags', async () => {
    await plant();
    const { body } = await update({ id, ssh_pub_keys: [SSH_KEYS.ecdsa384], tags: null, description: null }).expect(200);
    expect(body.tags).toEqual(['a=1', ...SYSTEM_TAGS]);
    expect(body.allocation).toMatchObject({ ssh_pub_keys: [SSH_KEYS.ecdsa384], description: 'd' });
  });

  it('clears the description, but neither tags nor keys, as sent by metalctl', async () => {
    await plant();
    const { body } = await update({ id, description: '', tags: [], ssh_pub_keys: [] }).expect(200);
    expect(body.tags).toEqual(['a=1', ...SYSTEM_TAGS]);
    expect(body.allocation).toMatchObject({ ssh_pub_keys: ['key-1'] });
    expect(body.allocation.description ?? '').toBe('');
  });

  it('requires an admin and an allocated machine', async () => {
    await plantMachine(server, id);
    await server.as('editor').post('/v1/machine').send({ id }).expect(403);
    await update({ id, tags: ['x'] }).expect(400);
    await update({ id: 'unknown', tags: ['x'] }).expect(404);
    await update({ tags: ['x'] }).expect(404);
    await update({ id, tags: 'x' }).expect(400);
  });
});

describe('POST /v1/machine/{id}/state', () => {
  const set = (body: object) => server.as('editor').post(`/v1/machine/${id}/state`).send(body);

  it('reserves, locks and makes available, keeping the version of the installer', async () => {
    const state = { value: '', description: '', issuer: '', metalHammerVersion: 'v0.13' } as const;
    await plantMachine(server, id, { machine: { state } });
    const reserved = await set({ value: 'RESERVED', description: 'for tests', metal_hammer_version: null }).expect(200);
    expect(reserved.body.state).toEqual({
      value: 'RESERVED',
      description: 'for tests',
      issuer: expect.stringMatching(/.+/),
      metal_hammer_version: 'v0.13',
    });
    expect((await set({ value: 'LOCKED', description: 'x' }).expect(200)).body.state.value).toBe('LOCKED');
    const free = await set({ value: '', description: '' }).expect(200);
    expect(free.body.state).toEqual({ value: '', description: '', metal_hammer_version: 'v0.13' });
  });

  it('requires an editor, and rejects unknown states, missing reasons and unknown machines', async () => {
    await server.as('viewer').post(`/v1/machine/${id}/state`).send({ value: '' }).expect(403);
    expect(errorOf(await set({ value: 'GONE', description: 'x' }).expect(400)).message).toContain('GONE');
    await set({ value: 'LOCKED', description: '' }).expect(400);
    await set({ value: 'LOCKED', description: 'x' }).expect(404);
  });
});

describe('GET /v1/machine/consolepassword', () => {
  const ask = (body: object, role: 'viewer' | 'editor' = 'editor') =>
    server.as(role).get('/v1/machine/consolepassword').send(body);

  it('accepts a body with machine and reason', async () => {
    await plantMachine(server, id, { machine: { allocation: plantedAllocation({ consolePassword: 's3cret' }) } });
    const { body } = await ask({ id, reason: 'cannot log in' }).expect(200);
    expect(body).toEqual({ id, name: '', description: '', console_password: 's3cret' });
  });

  it('requires an editor, a body, a reason, a machine and an allocation', async () => {
    await ask({ id, reason: 'cannot log in' }, 'viewer').expect(403);
    await server.as('editor').get('/v1/machine/consolepassword').expect(400);
    expect(errorOf(await ask({ id, reason: 'short' }).expect(400)).message).toContain('10');
    await ask({ id, reason: 'cannot log in' }).expect(404);
    await plantMachine(server, id);
    await ask({ id, reason: 'cannot log in' }).expect(422);
  });
});

describe('DELETE /v1/machine/{id}', () => {
  const remove = (role: 'editor' | 'admin' = 'admin') => server.as(role).delete(`/v1/machine/${id}`);

  it('removes a dead machine with everything known about it', async () => {
    await plantMachine(server, id, { bmc: { address: 'x:1' }, events: { liveliness: 'Dead' } });
    await plantLeaf(server, `leaf-${id}`, id);
    await remove('editor').expect(403);
    expect((await remove().expect(200)).body).toMatchObject({ id, liveliness: 'Dead' });
    await server.as('viewer').get(`/v1/machine/${id}`).expect(404);
    expect(tableOf(server, eventTable).get(id)).toBeUndefined();
    expect(tableOf(server, bmcTable).get(id)).toBeUndefined();
    expect(tableOf(server, switchTable).get(`leaf-${id}`)?.connections).toEqual([]);
    await remove().expect(404);
  });

  it('removes a machine that has never reported', async () => {
    await plantMachine(server, id);
    await remove().expect(200);
  });

  it('finishes an interrupted removal, but keeps a machine that another replica has just created', async () => {
    const engine = new MemoryEngine();
    const slow = await startTestApp({}, { engine: withSlowFeed(engine, 500) });
    const events = newEventContainer(id, new Date().toISOString());
    await tableOf(slow, eventTable).insert(events);
    await engine.insert('machine', newMachine(id, new Date().toISOString()));
    // Memory does not have the machine yet; the database is consulted before anything is removed or rejected.
    await slow.as('admin').delete(`/v1/machine/${id}`).expect(422);
    expect(tableOf(slow, eventTable).get(id)).toBeDefined();
    await tableOf(slow, eventTable).insert({ ...events, id: 'gone' });
    await slow.as('admin').delete('/v1/machine/gone').expect(404);
    expect(tableOf(slow, eventTable).get('gone')).toBeUndefined();
    await slow.close();
  });

  it('rejects machines that are alive or owned', async () => {
    await plantMachine(server, id, { events: { liveliness: 'Alive' } });
    expect(errorOf(await remove().expect(422)).message).toContain('Alive');
    const machines = tableOf(server, machineTable);
    const deadline = new Date(Date.now() + 60_000).toISOString();
    await tableOf(server, eventTable).update(id, (events) => ({ ...events, liveliness: 'Dead' }));
    await machines.update(id, (machine) => ({ ...machine, release: { id: 'r', allocation: '', deadline } }));
    await remove().expect(422);
    await machines.update(id, (machine) => ({ ...machine, release: undefined, allocation: plantedAllocation() }));
    await remove().expect(422);
    expect(machines.get(id)).toBeDefined();
  });
});

describe('POST /v1/machine/{id}/reinstall', () => {
  const reinstall = (body: object) => server.as('editor').post(`/v1/machine/${id}/reinstall`).send(body);
  const layout = (wipeOnReinstall = true): FilesystemLayout => ({
    id: 'default',
    revision: 1,
    name: '',
    description: '',
    created: '2026-01-01T00:00:00.000Z',
    changed: '2026-01-01T00:00:00.000Z',
    filesystems: [],
    disks: [{ device: '/dev/sda', partitions: [{ number: 1, size: 100 }], wipeOnReinstall }],
    raid: [],
    volumeGroups: [],
    logicalVolumes: [],
    constraints: { sizes: ['c1'], images: { ubuntu: '*' } },
  });
  const plant = (filesystemLayout = layout()) => {
    const disks = [{ name: '/dev/sda', size: 1024 ** 3 }];
    const hardware = { memory: 1024, cpus: [], gpus: [], disks, nics: [] };
    const allocation = plantedAllocation({ uuid: `allocation-${id}`, filesystemLayout });
    return plantMachine(server, id, { machine: { allocation, hardware } });
  };

  it('stores the newest image of a short ID and reboots once, as planned', async () => {
    await plant();
    await plantLeaf(server, `leaf-${id}`, id);
    const { body } = await reinstall({ id: 'ignored', imageid: 'ubuntu-24.4' }).expect(200);
    expect(body.allocation).toMatchObject({ reinstall: true, image: { id: 'ubuntu-24.4.20240501' } });
    expect(body.events.log[0]).toMatchObject({ event: 'Planned Reboot', message: 'REINSTALL' });
    expect(tableOf(server, switchTable).get(`leaf-${id}`)?.nics[0]).toMatchObject({ vrf: undefined });
    const journal = await server.as('viewer').get(`/commands?machine=${id}`).expect(200);
    expect(journal.body).toMatchObject([{ type: 'delete', partition: 'fra' }]);
  });

  it('rejects unknown, free and locked machines', async () => {
    await reinstall({ imageid: 'ubuntu-24.4' }).expect(404);
    await plantMachine(server, id);
    await reinstall({ imageid: 'ubuntu-24.4' }).expect(400);
    const state = { value: 'LOCKED', description: 'why', issuer: '', metalHammerVersion: '' } as const;
    const allocation = plantedAllocation({ filesystemLayout: layout() });
    await tableOf(server, machineTable).update(id, (machine) => ({ ...machine, allocation, state }));
    expect(errorOf(await reinstall({ imageid: 'ubuntu-24.4' }).expect(400)).message).toContain('locked');
    await server.as('viewer').post(`/v1/machine/${id}/reinstall`).send({ imageid: 'ubuntu-24.4' }).expect(403);
  });

  it('rejects unknown images, images for another role, and layouts that wipe nothing', async () => {
    await plant(layout(false));
    await reinstall({ imageid: '' }).expect(400);
    await reinstall({}).expect(400);
    await reinstall({ imageid: 'debian-12' }).expect(404);
    expect(errorOf(await reinstall({ imageid: 'firewall-3.0' }).expect(422)).message).toContain('firewall');
    expect(errorOf(await reinstall({ imageid: 'ubuntu-24.4' }).expect(422)).message).toContain('wiped');
    expect(tableOf(server, machineTable).get(id)?.allocation?.reinstall).toBe(false);
  });
});
