import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { switchTable } from '../../src/modules/switch/switch.table.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { TestIssuer } from '../support/issuer.js';
import { plantedAllocation, plantMachine, tableOf } from '../support/machines.js';
import { leaf } from '../support/switches.js';

/** Stored values that no caller without a role may see anywhere. */
const INSIDE = [
  '10.77.0.1',
  'console-user',
  'ssh leaf',
  'vrf4242',
  'machine-of-a-tenant',
  'mgmt.example:2222',
  'http://inside.example/kernel',
  'http://inside.example/image',
  'secret-cmdline',
  'rack-label',
  'project-of-a-tenant',
];

const ROUTES = [
  ['get', '/v1/switch'],
  ['get', '/v1/switch/leaf1'],
  ['get', '/v1/partition'],
  ['get', '/v1/partition/fra'],
  ['get', '/v1/image'],
  ['get', '/v1/image/ubuntu-24.4.20260101'],
  ['get', '/v1/image/ubuntu-24.4/latest'],
  ['get', '/v1/image/ubuntu-24.4/query'],
  ['get', '/v1/partition/capacity'],
  ['post', '/v1/partition/capacity'],
  ['get', '/v1/size/reservations'],
  ['post', '/v1/size/reservations/find'],
  ['post', '/v1/size/reservations/usage'],
] as const;

let server: TestApp;
let issuer: TestIssuer;
let stranger: string;
let member: string;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  const trusted = { url: issuer.url, clientId: 'metal', tenant: 'metal-stack', directoryType: 'ldap' };
  server = await startTestApp({ METAL_API_OIDC_ISSUERS: JSON.stringify([trusted]) });
  stranger = await issuer.sign({ name: 'kim', groups: ['metal-stack_other-all-all-view'] });
  member = await issuer.sign({ name: 'kim', groups: 'metal-stack_maas-all-all-view' });
  await plant();
});
afterAll(async () => {
  await server.close();
  await issuer.stop();
});

async function plant(): Promise<void> {
  const admin = server.as('admin');
  const boot = { imageurl: 'http://inside.example/image', kernelurl: 'http://inside.example/kernel' };
  const bootconfig = { ...boot, commandline: 'secret-cmdline' };
  const more = { mgmtserviceaddress: 'mgmt.example:2222', labels: { rack: 'rack-label' }, bootconfig };
  await admin
    .put('/v1/partition')
    .send({ id: 'fra', name: 'Frankfurt', ...more })
    .expect(201);
  await admin.put('/v1/size').send({ id: 'c1', constraints: [] }).expect(201);
  const image = { id: 'ubuntu-24.4.20260101', url: 'http://inside.example/image', features: ['machine'] };
  await admin.put('/v1/image').send(image).expect(201);
  const project = { name: 'p', tenant_id: 't', meta: { id: 'project-of-a-tenant' } };
  await admin
    .put('/v1/tenant')
    .send({ meta: { id: 't' }, name: 't' })
    .expect(201);
  await admin.put('/v1/project').send(project).expect(201);
  const reservation = { id: 'r1', amount: 1, sizeid: 'c1', partitionids: ['fra'], projectid: 'project-of-a-tenant' };
  await admin.put('/v1/size/reservations').send(reservation).expect(201);
  const allocation = plantedAllocation({ imageId: image.id });
  await plantMachine(server, 'machine-of-a-tenant', { machine: { allocation }, events: { crashLoop: true } });
  const address = { managementIp: '10.77.0.1', managementUser: 'console-user', consoleCommand: 'ssh leaf' };
  const wired = leaf('leaf1', ['Ethernet0'], { partitionId: 'fra', ...address });
  const nics = wired.nics.map((nic) => ({ ...nic, vrf: 'vrf4242' }));
  const connections = [{ port: 'Ethernet0', machineId: 'machine-of-a-tenant' }];
  await tableOf(server, switchTable).insert({ ...wired, nics, connections });
}

const ask = async (token: string, method: 'get' | 'post', path: string) => {
  const request = supertest(server.url)[method](path).set('Authorization', `Bearer ${token}`);
  const { body } = await (method === 'post' ? request.send({}) : request).expect(200);
  return body as unknown;
};

describe('routes for any authenticated user', () => {
  it.each(ROUTES)(
    '%s %s shows callers without a role no addresses, users, machines and projects',
    async (method, path) => {
      const text = JSON.stringify(await ask(stranger, method, path));
      expect(INSIDE.filter((secret) => text.includes(secret))).toEqual([]);
    },
  );

  it('show everything to members', async () => {
    const answers = await Promise.all(ROUTES.map(([method, path]) => ask(member, method, path)));
    const text = JSON.stringify(answers);
    expect(INSIDE.filter((secret) => !text.includes(secret))).toEqual([]);
  });

  it('show the names to callers without a role', async () => {
    expect(await ask(stranger, 'get', '/v1/switch')).toMatchObject([{ id: 'leaf1', rack_id: 'r1', nics: [] }]);
    expect(await ask(stranger, 'get', '/v1/partition/fra')).toMatchObject({ id: 'fra', name: 'Frankfurt' });
    expect(await ask(stranger, 'get', '/v1/image')).toMatchObject([{ id: 'ubuntu-24.4.20260101', usedby: [] }]);
    expect(await ask(stranger, 'get', '/v1/size/reservations')).toMatchObject([{ sizeid: 'c1', amount: 1 }]);
  });

  it.each([
    ['/v1/size/reservations/find', 'project-of-a-tenant'],
    ['/v1/size/reservations/find', 'no-such-project'],
    ['/v1/size/reservations/usage', 'project-of-a-tenant'],
    ['/v1/partition/capacity', 'project-of-a-tenant'],
    ['/v1/partition/capacity', 'no-such-project'],
  ])('%s tells callers without a role nothing about project %s', async (path, projectid) => {
    const send = (token: string) =>
      supertest(server.url).post(path).set('Authorization', `Bearer ${token}`).send({ projectid });
    await send(stranger).expect(403);
    expect((await send(member)).status).not.toBe(403);
  });

  it('never show the hardware of a machine to callers without a role', async () => {
    const request = supertest(server.url).post('/v1/size/suggest').set('Authorization', `Bearer ${stranger}`);
    expect((await request.send({ machineID: 'machine-of-a-tenant' }).expect(200)).body).toEqual([]);
  });
});
