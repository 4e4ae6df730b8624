import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RestClient } from '../../src/agent/rest-client.js';
import { installLab } from '../../src/agent/simulator/lab.js';
import type { Lab } from '../../src/agent/simulator/lab.js';
import { VpnConnectedService } from '../../src/modules/machine/vpn/vpn-connected.service.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { HeadscaleServer } from '../support/headscale.js';
import { DEV_KEYS } from '../support/hmac.js';
import { tableOf } from '../support/machines.js';
import { machineId, seedWaitingMachines } from '../support/seed.js';

let headscale: HeadscaleServer;
let server: TestApp;
let lab: Lab;
let network: string;

beforeAll(async () => {
  headscale = await HeadscaleServer.start();
  server = await startTestApp({ ...headscale.variables, METAL_API_PASSWORD_REASON_MINLENGTH: '5' });
  lab = await installLab(new RestClient({ url: `${server.url}/`, role: 'admin', key: DEV_KEYS.admin }));
  const request = { partitionid: lab.partition, projectid: lab.projects.a };
  network = (await server.as('editor').post('/v1/network/allocate').send(request).expect(201)).body.id as string;
  await seedWaitingMachines((definition) => tableOf(server, definition), 4, lab);
});
afterAll(async () => {
  await server.close();
  await headscale.stop();
});
beforeEach(() => {
  headscale.broken = undefined;
});

const firewall = (index: number, more: object = {}) =>
  server
    .as('editor')
    .post('/v1/firewall/allocate')
    .send({
      uuid: machineId(index),
      projectid: lab.projects.a,
      imageid: lab.firewallImage,
      networks: [{ networkid: network }, { networkid: lab.internet }],
      ...more,
    });
const connected = async (index: number) =>
  (
    await server
      .as('viewer')
      .get(`/v1/machine/${machineId(index)}`)
      .expect(200)
  ).body.allocation.vpn.connected as boolean;
const free = (index: number) => server.as('editor').delete(`/v1/machine/${machineId(index)}/free`);

describe('a VPN', { shuffle: false }, () => {
  describe('a firewall', () => {
    it('is invited into the VPN of its project, is reported as connected, and leaves it with its allocation', async () => {
      const { body } = await firewall(0).expect(200);
      const { vpn } = body.allocation as { vpn: { auth_key: string } };
      expect(vpn).toEqual({ address: 'https://vpn.example.org', auth_key: headscale.keys[0]!.key, connected: false });
      expect(headscale.users).toMatchObject([{ name: lab.projects.a }]);
      expect(headscale.keys[0]).toMatchObject({ ephemeral: false, used: false });
      const validFor = Date.parse(headscale.keys[0]!.expiration) - Date.now();
      expect(Math.round(validFor / 60_000)).toBe(120);

      const job = server.app.get(VpnConnectedService);
      expect(await job.evaluate()).toEqual({ connected: 0, disconnected: 0, absent: 1, errors: 0 });
      const node = headscale.join(vpn.auth_key, machineId(0));
      expect(await job.evaluate()).toEqual({ connected: 1, disconnected: 0, absent: 0, errors: 0 });
      expect(await connected(0)).toBe(true);
      const stale = { ...node, id: '97', online: false };
      headscale.nodes.push(stale);
      expect(await job.evaluate()).toMatchObject({ connected: 1, disconnected: 0 });
      headscale.nodes.splice(headscale.nodes.indexOf(stale), 1);
      const { revision } = tableOf(server, machineTable).get(machineId(0))!;
      await job.evaluate();
      expect(tableOf(server, machineTable).get(machineId(0))!.revision).toBe(revision);
      node.online = false;
      expect(await job.evaluate()).toMatchObject({ disconnected: 1 });
      expect(await connected(0)).toBe(false);

      headscale.nodes.push({ id: '99', name: machineId(0), user: { id: '98', name: 'other' }, online: true });
      await free(0).expect(200);
      expect(headscale.nodes).toMatchObject([{ user: { name: 'other' } }]);
      headscale.nodes.length = 0;
    });

    it('leaves no usable key behind if it cannot be allocated', async () => {
      const before = headscale.keys.length;
      await server
        .as('editor')
        .post(`/v1/machine/${machineId(1)}/state`)
        .send({ value: 'LOCKED', description: 'x' });
      await firewall(1).expect(422);
      expect(headscale.keys).toHaveLength(before + 1);
      expect(() => headscale.join(headscale.keys.at(-1)!.key, 'x')).toThrow('not valid');
      await server
        .as('editor')
        .post(`/v1/machine/${machineId(1)}/state`)
        .send({ value: '', description: '' });
    });

    it('is not allocated while the coordinator is unavailable, but can still be freed', async () => {
      await firewall(2).expect(200);
      headscale.broken = 500;
      const { body } = await firewall(3).expect(503);
      expect(errorOf({ body }).message).toContain('VPN');
      expect(tableOf(server, machineTable).get(machineId(3))!.revision).toBe(1);
      await free(2).expect(200);
      await expect(server.app.get(VpnConnectedService).evaluate()).rejects.toMatchObject({ kind: 'unavailable' });
    });

    it('gets a key when it is allocated together with others, and nothing remains without the coordinator', async () => {
      const common = { projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size };
      const machine = { ...common, imageid: lab.machineImage, networks: [{ networkid: network }] };
      const networks = [{ networkid: network }, { networkid: lab.internet }];
      const body = { machines: [machine], firewalls: [{ ...common, imageid: lab.firewallImage, networks }] };
      await seedWaitingMachines((definition) => tableOf(server, definition), 4, lab);
      const many = () => server.as('editor').post('/allocation/many').send(body);
      headscale.broken = 500;
      expect(errorOf(await many().expect(503)).message).toContain('nothing was allocated: firewalls[0]: ');
      const machines = [...tableOf(server, machineTable).list()];
      expect(machines.filter(({ allocation, claim }) => allocation ?? claim)).toEqual([]);
      headscale.broken = undefined;
      const answer = (await many().expect(200)).body;
      expect(answer.machines[0].allocation.vpn).toBeNull();
      expect(answer.firewalls[0].allocation.vpn.auth_key).toBe(headscale.keys.at(-1)!.key);
      for (const { id } of [...answer.machines, ...answer.firewalls])
        await server.as('editor').delete(`/v1/machine/${id}/free`).expect(200);
    });

    it('gets a key, machines do not', async () => {
      const before = headscale.keys.length;
      const request = { projectid: lab.projects.a, imageid: lab.machineImage, networks: [{ networkid: network }] };
      const { body } = await server
        .as('editor')
        .post('/v1/machine/allocate')
        .send({ ...request, uuid: machineId(3) });
      expect(body.allocation.vpn).toBeNull();
      expect(headscale.keys).toHaveLength(before);
    });
  });

  describe('POST /v1/vpn/authkey', () => {
    const ask = (body: object, role: 'editor' | 'admin' = 'admin') =>
      server.as(role).post('/v1/vpn/authkey').send(body);
    const reason = 'have to look';

    it('returns a key to admins for a project that has a VPN', async () => {
      const { body } = await ask({ pid: lab.projects.a, ephemeral: null, reason }).expect(200);
      const key = headscale.keys.at(-1)!;
      expect(body).toEqual({ address: 'https://vpn.example.org', auth_key: key.key });
      expect(key.ephemeral).toBe(false);
      expect(Math.round((Date.parse(key.expiration) - Date.now()) / 60_000)).toBe(60);
      await ask({ pid: lab.projects.a, ephemeral: true, expiration: 300e9, reason }).expect(200);
      expect(headscale.keys.at(-1)!.ephemeral).toBe(true);
      expect(Math.round((Date.parse(headscale.keys.at(-1)!.expiration) - Date.now()) / 1000)).toBe(300);
      const year = 365 * 24 * 3600 * 1000;
      await ask({ pid: lab.projects.a, expiration: year * 1e6, reason }).expect(200);
      expect(Math.abs(Date.parse(headscale.keys.at(-1)!.expiration) - Date.now() - year)).toBeLessThan(60_000);
    });

    it('rejects projects without a VPN, short reasons and other roles', async () => {
      await ask({ pid: lab.projects.b, reason }).expect(404);
      await ask({ reason }).expect(404);
      expect(errorOf(await ask({ pid: lab.projects.a, reason: 'why' }).expect(400)).message).toContain('has 3 bytes');
      await ask({ pid: lab.projects.a, reason, expiration: -1 }).expect(400);
      await ask({ pid: lab.projects.a, reason, expiration: 9e15 }).expect(200);
      await ask({ pid: 7, reason }).expect(400);
      await ask({ pid: lab.projects.a, reason }, 'editor').expect(403);
      headscale.broken = 502;
      await ask({ pid: lab.projects.a, reason }).expect(503);
    });

    it('is unavailable with a wrong API key, and disabled without a coordinator', async () => {
      const strange = await startTestApp({ ...headscale.variables, METAL_API_HEADSCALE_API_KEY: 'wrong' });
      const request = { pid: lab.projects.a, reason };
      const { body } = await strange.as('admin').post('/v1/vpn/authkey').send(request).expect(503);
      expect(errorOf({ body }).message).toContain('401');
      await strange.close();
      const plain = await startTestApp();
      const off = await plain.as('admin').post('/v1/vpn/authkey').send(request).expect(422);
      expect(errorOf(off).message).toContain('this feature is currently disabled');
      await plain.close();
    });
  });
});
