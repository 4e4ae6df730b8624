import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineHardware, MachineNic } from '../../src/modules/machine/hardware.js';
import { newMachine } from '../../src/modules/machine/machine.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { SwitchService } from '../../src/modules/switch/switch.service.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { plantedAllocation, plantMachine, tableOf } from '../support/machines.js';
import { neighbor, wired } from '../support/switches.js';

// What the catalog shows about machines, and refuses because of them, checked through the API with registered machines.
const IMAGE = 'ubuntu-24.04.20240401';
let server: TestApp;

const allocated = (project: string, partitionId: string, role: 'machine' | 'firewall' = 'machine') => ({
  machine: { partitionId, sizeId: 'small', allocation: plantedAllocation({ project, role, imageId: IMAGE }) },
});

beforeAll(async () => {
  server = await startTestApp();
  const admin = server.as('admin');
  for (const id of ['fra', 'muc']) await admin.put('/v1/partition').send({ id, bootconfig: {} }).expect(201);
  await admin.put('/v1/size').send({ id: 'small', constraints: [] }).expect(201);
  for (const id of [IMAGE, 'ubuntu-24.04.20240501'])
    await admin.put('/v1/image').send({ id, url: 'http://images/x' }).expect(201);
  await admin
    .put('/v1/tenant')
    .send({ meta: { id: 't' } })
    .expect(201);
  for (const id of ['P1', 'P2']) await admin.put('/v1/project').send({ meta: { id }, tenant_id: 't' }).expect(201);
  await plantMachine(server, 'm1', allocated('P1', 'fra'));
  await plantMachine(server, 'm2', allocated('P1', 'fra', 'firewall'));
  await plantMachine(server, 'm3', allocated('P1', 'muc'));
  await plantMachine(server, 'm4', allocated('P2', 'fra'));
  await plantMachine(server, 'm5', { machine: { sizeId: 'small' } });
});
afterAll(() => server.close());

describe('images', { shuffle: false }, () => {
  it('list the machines that are allocated with exactly this image, in every response', async () => {
    const viewer = server.as('viewer');
    const { body: list } = await viewer.get('/v1/image?show-usage=true').expect(200);
    const usage = (images: { id: string; usedby: string[] }[]) => images.map(({ id, usedby }) => [id, usedby.sort()]);
    const used = [IMAGE, ['m1', 'm2', 'm3', 'm4']];
    expect(usage(list)).toEqual([used, ['ubuntu-24.04.20240501', []]]);
    const { body: found } = await viewer.post('/v1/image/find?show-usage=true').send({ id: IMAGE }).expect(200);
    expect(usage(found)).toEqual([used]);
    expect(usage([(await viewer.get(`/v1/image/${IMAGE}`).expect(200)).body])).toEqual([used]);
  });

  it('are not deleted while a machine uses them', async () => {
    const refusal = await server.as('admin').delete(`/v1/image/${IMAGE}`).expect(422);
    expect(errorOf(refusal).message).toContain('4 machines still refer to it');
    await server.as('admin').delete('/v1/image/ubuntu-24.04.20240501').expect(200);
  });
});

describe('sizes, projects and partitions', { shuffle: false }, () => {
  it('are not deleted while machines refer to them', async () => {
    const refused = async (path: string, status: number) =>
      errorOf(await server.as('admin').delete(`/v1/${path}`).expect(status)).message;
    expect(await refused('size/small', 422)).toContain('5 machines');
    expect(await refused('project/P2', 400)).toContain('1 machine still refers to it: m4');
    expect(await refused('partition/muc', 422)).toContain('m3');
  });

  it('include the number of machines in the usage of projects, with firewalls', async () => {
    const { body } = await server.as('viewer').get('/v1/project/P1').expect(200);
    expect(body.quotas).toEqual({ machine: { used: 3 }, ip: { used: 0 } });
  });
});

describe('size reservations', { shuffle: false }, () => {
  afterAll(async () => {
    for (const id of ['r1', 'r5']) await server.as('admin').delete(`/v1/size/reservations/${id}`).expect(200);
  });

  it('report usage by partition: all machines of the project, firewalls too, but at most the reservation', async () => {
    const reservation = { sizeid: 'small', projectid: 'P1', partitionids: ['fra', 'muc'] };
    for (const [id, amount] of [
      ['r1', 1],
      ['r5', 5],
    ])
      await server
        .as('editor')
        .put('/v1/size/reservations')
        .send({ ...reservation, id, amount })
        .expect(201);
    const usage = async (query: object) => {
      const { body } = await server.as('viewer').post('/v1/size/reservations/usage').send(query).expect(200);
      return (body as Record<string, unknown>[]).map((row) =>
        ['id', 'partitionid', 'amount', 'usedamount', 'projectallocations'].map((field) => row[field]),
      );
    };
    expect(await usage({ sizeid: 'small' })).toEqual([
      ['r1', 'fra', 1, 1, 2],
      ['r1', 'muc', 1, 1, 1],
      ['r5', 'fra', 5, 2, 2],
      ['r5', 'muc', 5, 1, 1],
    ]);
    expect(await usage({ partitionid: 'muc', id: 'r5' })).toEqual([['r5', 'muc', 5, 1, 1]]);
    expect(await usage({ projectid: 'P2' })).toEqual([]);
  });
});

describe('hardware of a machine', { shuffle: false }, () => {
  const GIB = 1024 ** 3;
  const hardware = (more: Partial<MachineHardware>): MachineHardware => ({
    ...newMachine('x', '').hardware,
    memory: 8 * GIB,
    ...more,
  });

  it('yields a suggested size that matches the machine, and is checked against a layout', async () => {
    const cpu = { vendor: 'AMD', model: 'EPYC [7]', cores: 4, threads: 8 };
    const disks = ['/dev/nvme0n1', '/dev/nvme1n1'].map((name) => ({ name, size: 10 * GIB }));
    await plantMachine(server, 'bare', { machine: { hardware: hardware({ cpus: [cpu, cpu], disks }) } });
    const { body: constraints } = await server
      .as('viewer')
      .post('/v1/size/suggest')
      .send({ machineID: 'bare' })
      .expect(200);
    expect(constraints).toEqual([
      { type: 'cores', min: 8, max: 8, identifier: 'EPYC \\[7]' },
      { type: 'memory', min: 8 * GIB, max: 8 * GIB },
      { type: 'storage', min: 20 * GIB, max: 20 * GIB, identifier: '/dev/nvme*' },
    ]);
    await server.as('admin').put('/v1/size').send({ id: 'suggested', constraints }).expect(201);
    const fits = async (size: number, status: number) => {
      const partitions = [{ number: 1, size, gpttype: '8300' }];
      const layout = { id: `l${size}`, disks: [{ device: '/dev/nvme1n1', wipeonreinstall: true, partitions }] };
      await server.as('admin').put('/v1/filesystemlayout').send(layout).expect(201);
      const match = { machine: 'bare', filesystemlayout: layout.id };
      await server.as('admin').post('/v1/filesystemlayout/matches').send(match).expect(status);
    };
    await fits(10 * 1024, 200);
    await fits(10 * 1024 + 1, 422);
  });
});

describe('a switch whose hardware is replaced', { shuffle: false }, () => {
  const leaf = (id: string, mac: string) => ({
    ...{ id, name: id, partition_id: 'fra', rack_id: 'r1', os: { vendor: 'SONiC', version: '4' } },
    nics: [{ name: 'Ethernet0', identifier: 'Ethernet0', mac, actual: 'UP' }],
    ...{ management_ip: '10.0.0.1', management_user: 'admin' },
  });
  const register = (id: string, mac: string) => server.as('editor').post('/v1/switch/register').send(leaf(id, mac));

  it('takes over from its twin, and its machines see the new ports', async () => {
    await register('leaf1', 'aa:01').expect(201);
    await register('leaf2', 'bb:01').expect(201);
    const seen = [neighbor('leaf1', 'Ethernet0', 'aa:01'), neighbor('leaf2', 'Ethernet0', 'bb:01')];
    await server.app.get(SwitchService).connect({ ...wired('m1', ...seen), partitionId: 'fra' });
    await server.app.get(SwitchService).setVrf('m1', 30);
    const nics: MachineNic[] = seen.map((one) => ({
      mac: '',
      name: '',
      identifier: '',
      hostname: '',
      neighbors: [{ ...one, neighbors: [] }],
    }));
    await tableOf(server, machineTable).update('m1', (machine) => ({
      ...machine,
      hardware: { ...machine.hardware, nics },
    }));

    await server.as('admin').post('/v1/switch').send({ id: 'leaf1', mode: 'replace' }).expect(200);
    const { body } = await register('leaf1', 'cc:01').expect(200);
    expect(body).toMatchObject({
      mode: 'operational',
      nics: [{ name: 'Ethernet0', mac: 'cc:01', vrf: 'vrf30' }],
      connections: [{ machine_id: 'm1', nic: { mac: 'cc:01' } }],
    });
    const machine = await server.as('viewer').get('/v1/machine/m1').expect(200);
    const macs = machine.body.hardware.nics.map(({ neighbors }: MachineNic) => neighbors.map(({ mac }) => mac));
    expect(macs).toEqual([['cc:01'], ['bb:01']]);
  });

  it('cannot be migrated to its twin', async () => {
    const request = { old_switch_id: 'leaf1', new_switch_id: 'leaf2' };
    const refusal = await server.as('admin').post('/v1/switch/migrate').send(request).expect(400);
    expect(errorOf(refusal).message).toContain('"leaf2" is already in use');
  });
});
