import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

// MEP-5 scenarios are numbered in docs/reference/network-acceptance.md, client scenarios in
// docs/reference/client-acceptance.md.

let server: TestApp;
const id: Record<string, string> = {};

const put = async (path: string, body: object) => (await server.as('admin').put(path).send(body).expect(201)).body;
const post = (path: string, body: object, role: 'editor' | 'viewer' = 'editor') =>
  server.as(role).post(path).send(body);
const allocate = async (body: object) => (await post('/v1/ip/allocate', body).expect(201)).body;
const find = async (body: object): Promise<string[]> =>
  (await post('/v1/ip/find', body, 'viewer').expect(200)).body.map((ip: { ipaddress: string }) => ip.ipaddress);
const inInet = () => ({ networkid: 'INET', projectid: id['A'], type: 'ephemeral' });

beforeAll(async () => {
  server = await startTestApp();
  await put('/v1/tenant', { meta: { id: 't' }, name: 't' });
  for (const name of ['STOR', 'A', 'B']) id[name] = (await put('/v1/project', { name, tenant_id: 't' })).meta.id;
  await put('/v1/partition', { id: 'P1', bootconfig: { imageurl: '', kernelurl: '', commandline: '' } });
  await put('/v1/network', {
    id: 'S1',
    partitionid: 'P1',
    prefixes: ['10.0.0.0/16'],
    privatesuper: true,
    defaultchildprefixlength: { IPv4: 22 },
  });
  await put('/v1/network', { id: 'INET', prefixes: ['203.0.113.0/24', '2001:db8::/64'], nat: true, vrf: 104009 });
  const child = async (project: string, shared = false) =>
    (await post('/v1/network/allocate', { partitionid: 'P1', projectid: id[project], shared }).expect(201)).body.id;
  id['NB'] = await child('B');
  id['ST'] = await child('STOR', true);
});
afterAll(() => server.close());

describe('addresses over HTTP', { shuffle: false }, () => {
  it('MEP-5 scenario 28: any project allocates addresses in a shared network', async () => {
    const ip = await allocate({ networkid: id['ST'], projectid: id['A'], type: 'static', tags: ['b', 'a', 'b'] });
    expect(ip).toEqual({
      ipaddress: '10.0.4.1',
      allocationuuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: '',
      description: '',
      projectid: id['A'],
      networkid: id['ST'],
      type: 'static',
      tags: ['a', 'b'],
      created: expect.stringMatching(/Z$/),
      changed: ip.created,
    });
    expect((await server.as('viewer').get('/v1/ip/10.0.4.1').expect(200)).body).toEqual(ip);
  });

  it('MEP-5 scenario 31: but not in a network of another project that is not shared', async () => {
    await post('/v1/ip/allocate', { networkid: id['NB'], projectid: id['A'] }).expect(422);
    await allocate({ networkid: id['NB'], projectid: id['B'] });
  });

  it('client scenarios 26 to 28: a load balancer address is found by its tag, moved, untagged, freed', async () => {
    const ip = await allocate({ ...inInet(), name: 'metallb-abcde', tags: ['svc=1'] });
    expect(await find({ projectid: id['A'], tags: ['svc=1'] })).toEqual([ip.ipaddress]);
    await post('/v1/ip', { ipaddress: ip.ipaddress, type: null, tags: ['svc=2'] }).expect(200);
    expect(await find({ projectid: id['A'], tags: ['svc=1'] })).toEqual([]);
    const cleared = await post('/v1/ip', { ipaddress: ip.ipaddress, type: null, tags: [] }).expect(200);
    expect(cleared.body).toMatchObject({ tags: [], type: 'ephemeral', name: 'metallb-abcde' });
    await server.as('editor').delete(`/v1/ip/free/${ip.ipaddress}`).expect(200);
    expect(await find({ ipaddress: ip.ipaddress })).toEqual([]);
    await server.as('editor').delete(`/v1/ip/free/${ip.ipaddress}`).expect(404);
  });

  it('client scenario 29: an address in use by a machine is not freed', async () => {
    const ip = await allocate({ ...inInet(), machineid: 'm1' });
    expect(ip.tags).toEqual(['machine.metal-stack.io/id=m1']);
    const refused = await server.as('editor').delete(`/v1/ip/free/${ip.ipaddress}`).expect(400);
    expect(errorOf(refused).message).toContain(ip.ipaddress);
    expect(await find({ machineid: 'm1' })).toEqual([ip.ipaddress]);
  });

  it('client scenario 30: one of several concurrent changes wins', async () => {
    const ip = await allocate(inInet());
    const answers = await Promise.all(
      ['x', 'y'].map((tag) => post('/v1/ip', { ipaddress: ip.ipaddress, type: '', tags: [tag] })),
    );
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const { body } = await server.as('viewer').get(`/v1/ip/${ip.ipaddress}`).expect(200);
    expect(['x', 'y']).toContain(body.tags.join());
  });

  it('client scenario 42: an IPv6 address is found by any spelling', async () => {
    const ip = await allocate({ ...inInet(), addressfamily: 'ipv6' });
    expect(ip.ipaddress).toBe('2001:db8::1');
    for (const path of ['2001:db8::1', '2001%3Adb8%3A%3A1', '2001:0DB8:0:0::1']) {
      expect((await server.as('viewer').get(`/v1/ip/${path}`).expect(200)).body).toEqual(ip);
    }
    await server.as('editor').delete('/v1/ip/free/2001%3Adb8%3A%3A1').expect(200);
  });

  it('client scenario 6: legacy clients free with POST and an empty body, or any', async () => {
    for (const body of ['', '[]', '{}']) {
      const ip = await allocate(inInet());
      const request = server.as('editor').post(`/v1/ip/free/${ip.ipaddress}`);
      await request.set('Content-Type', 'application/json').send(body).expect(200);
    }
  });

  it('a taken address returns 409, as metalctl apply requires; an address outside the network 422', async () => {
    const path = '/v1/ip/allocate/203.0.113.77';
    await post(path, inInet()).expect(201);
    expect(errorOf(await post(path, inInet()).expect(409)).message).toContain('203.0.113.77');
    await post('/v1/ip/allocate/203.0.113.0', inInet()).expect(409);
    await post('/v1/ip/allocate/198.51.100.1', inInet()).expect(422);
    await post('/v1/ip/allocate/nonsense', inInet()).expect(422);
    await post(path, { ...inInet(), addressfamily: 'IPv4' }).expect(400);
  });

  it('a static address never becomes ephemeral again', async () => {
    const ip = await allocate(inInet());
    await post('/v1/ip', { ipaddress: ip.ipaddress, type: 'static' }).expect(200);
    await post('/v1/ip', { ipaddress: ip.ipaddress, type: 'ephemeral' }).expect(400);
    const kept = await post('/v1/ip', { ipaddress: ip.ipaddress, allocationuuid: 'ignored', name: 'n' }).expect(200);
    expect(kept.body).toMatchObject({ type: 'static', name: 'n', allocationuuid: ip.allocationuuid });
  });

  it('errors name the problem', async () => {
    await post('/v1/ip/allocate', { projectid: id['A'] }).expect(400);
    await post('/v1/ip/allocate', { networkid: 'INET' }).expect(400);
    await post('/v1/ip/allocate', { networkid: 'x', projectid: id['A'] }).expect(404);
    await post('/v1/ip/allocate', { networkid: 'INET', projectid: 'x' }).expect(404);
    await post('/v1/ip/allocate', { ...inInet(), addressfamily: 'x' }).expect(422);
    await post('/v1/ip/allocate', { networkid: id['ST'], projectid: id['A'], addressfamily: 'IPv6' }).expect(400);
    await post('/v1/ip', { ipaddress: '203.0.113.250', tags: [] }).expect(404);
    await post('/v1/ip/find', { addressfamily: 'x' }, 'viewer').expect(422);
    await post('/v1/ip/allocate', inInet(), 'viewer').expect(403);
    await server
      .as('viewer')
      .get('/v1/ip/%00')
      .expect((answer) => {
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      });
  });

  it('a full network returns a client error, not a server error', async () => {
    await put('/v1/network', { id: 'tiny', prefixes: ['192.0.2.0/30'] });
    const inTiny = { networkid: 'tiny', projectid: id['A'] };
    const answers = await Promise.all(Array.from({ length: 3 }, () => post('/v1/ip/allocate', inTiny)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 422]);
  });

  it('100 callers get 100 different addresses', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => post('/v1/ip/allocate', inInet())));
    expect(new Set(answers.map(({ body }) => body.ipaddress)).size).toBe(100);
    expect(answers.every(({ status }) => status === 201)).toBe(true);
  });

  it('lists are complete and ordered', async () => {
    const { body } = await server.as('viewer').get('/v1/ip').expect(200);
    const addresses = body.map((ip: { ipaddress: string }) => ip.ipaddress);
    expect(addresses).toEqual([...addresses].sort());
    expect(await find({})).toEqual(addresses);
    expect(await find({ networkprefix: '2001:db8::/64' })).toEqual([]);
  });
});
