import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

// The numbers are those of the acceptance scenarios of
// docs/reference/network-acceptance.md#acceptance-scenarios-for-networks.

let server: TestApp;
/** Networks and projects of the fixture, by their names there. */
const id: Record<string, string> = {};

const put = async (path: string, body: object) => (await server.as('admin').put(path).send(body).expect(201)).body;
const allocate = async (body: object) =>
  (await server.as('editor').post('/v1/network/allocate').send(body).expect(201)).body;
const get = async (network: string) => (await server.as('viewer').get(`/v1/network/${network}`).expect(200)).body;
const update = (body: object, query = '') => server.as('admin').post(`/v1/network${query}`).send(body);
const find = async (body: object): Promise<string[]> =>
  (await server.as('viewer').post('/v1/network/find').send(body).expect(200)).body.map((n: { id: string }) => n.id);

beforeAll(async () => {
  server = await startTestApp();
  await put('/v1/tenant', { meta: { id: 't' }, name: 't' });
  for (const name of ['STOR', 'A', 'B']) {
    id[name] = (await put('/v1/project', { name, tenant_id: 't' })).meta.id;
  }
  const boot = { imageurl: '', kernelurl: '', commandline: '' };
  for (const partition of ['P1', 'P2', 'P3']) await put('/v1/partition', { id: partition, bootconfig: boot });
  const top = { destinationprefixes: [], nat: false, privatesuper: false, underlay: false };
  const above = { ...top, privatesuper: true, defaultchildprefixlength: { IPv4: 22 } };
  await put('/v1/network', { ...above, id: 'S1', partitionid: 'P1', prefixes: ['10.0.0.0/16'] });
  await put('/v1/network', { ...above, id: 'S2', partitionid: 'P2', prefixes: ['10.64.0.0/16'] });
  await put('/v1/network', { ...top, id: 'U1', partitionid: 'P1', prefixes: ['10.128.0.0/24'], underlay: true });
  await put('/v1/network', {
    ...top,
    id: 'INET',
    prefixes: ['203.0.113.0/24'],
    destinationprefixes: ['0.0.0.0/0'],
    nat: true,
    vrf: 104009,
    labels: { 'network.metal-stack.io/default': '' },
  });
  id['NA'] = (await allocate({ partitionid: 'P1', projectid: id['A'] })).id;
});
afterAll(() => server.close());

describe('networks over HTTP', { shuffle: false }, () => {
  it('scenario 1: a shared network is allocated from the private super network of its partition', async () => {
    const before = await get('S1');
    const st = await allocate({
      partitionid: 'P1',
      projectid: id['STOR'],
      shared: true,
      labels: { 'network.metal-stack.io/partition-storage': '' },
    });
    id['ST'] = st.id;
    expect(st).toMatchObject({
      shared: true,
      parentnetworkid: 'S1',
      projectid: id['STOR'],
      partitionid: 'P1',
      privatesuper: false,
      underlay: false,
      nat: false,
      networktype: 'child-shared',
      nattype: 'none',
      prefixes: ['10.0.4.0/22'],
      destinationprefixes: [],
      defaultchildprefixlength: null,
      vrfshared: null,
      usage: { available_ips: 1024, used_ips: 2, available_prefixes: 256, used_prefixes: 0 },
      consumption: { ipv6: null },
    });
    expect(st.consumption.ipv4).toEqual(st.usage);
    expect(st).not.toHaveProperty('additionalAnnouncableCIDRs');
    const vrfs = (await server.as('viewer').get('/v1/network').expect(200)).body.map((n: { vrf: number }) => n.vrf);
    expect(vrfs.filter((vrf: number) => vrf === st.vrf)).toHaveLength(1);
    expect(st.vrf).toBeGreaterThan(0);
    expect((await get('S1')).usage.used_prefixes).toBe(before.usage.used_prefixes + 1);
  });

  it('scenario 2: a network is private by default', async () => {
    const network = await get(id['NA']!);
    expect(network).toMatchObject({ shared: false, networktype: 'child', parentnetworkid: 'S1' });
  });

  it('scenario 3: an admin makes it shared', async () => {
    const network = await allocate({ partitionid: 'P1', projectid: id['A'] });
    const { body } = await update({ id: network.id, shared: true }).expect(200);
    expect(body).toMatchObject({ shared: true, networktype: 'child-shared' });
    expect(await get(network.id)).toEqual(body);
  });

  it('scenario 4: a shared network is never made private again', async () => {
    await update({ id: id['ST'], shared: false }).expect(400);
    expect((await get(id['ST']!)).shared).toBe(true);
  });

  it('scenario 5: renaming it leaves it shared', async () => {
    const { body } = await update({ id: id['ST'], name: 'storage' }).expect(200);
    expect(body).toMatchObject({
      name: 'storage',
      shared: true,
      labels: { 'network.metal-stack.io/partition-storage': '' },
    });
  });

  it('scenario 6: editors cannot update, viewers cannot allocate', async () => {
    await server.as('editor').post('/v1/network').send({ id: id['ST'], name: 'x' }).expect(403);
    await server.as('viewer').post('/v1/network/allocate').send({ partitionid: 'P1', projectid: id['A'] }).expect(403);
    await server
      .as('editor')
      .put('/v1/network')
      .send({ prefixes: ['192.0.2.0/24'] })
      .expect(403);
    await server.as('editor').delete('/v1/network/S2').expect(403);
  });

  it('scenario 7: shared with NAT', async () => {
    const network = await allocate({ partitionid: 'P1', projectid: id['STOR'], shared: true, nat: true });
    expect(network).toMatchObject({ nat: true, nattype: 'ipv4-masq' });
  });

  it('scenario 8: shared is ignored when an admin creates a network', async () => {
    const network = await put('/v1/network', { prefixes: ['192.0.2.0/24'], shared: true, id: '' });
    expect(network).toMatchObject({ shared: false, networktype: 'external', defaultchildprefixlength: {}, vrf: 0 });
    expect(network.id).toMatch(/^[0-9a-f-]{36}$/);
    const gone = await server.as('admin').delete(`/v1/network/${network.id}`).expect(200);
    expect(gone.body).toMatchObject({ id: network.id, consumption: { ipv4: null, ipv6: null } });
    await server.as('viewer').get(`/v1/network/${network.id}`).expect(404);
  });

  it('scenario 9: the storage network is found by its label', async () => {
    expect(await find({ partitionid: 'P1', labels: { 'network.metal-stack.io/partition-storage': '' } })).toEqual([
      id['ST'],
    ]);
  });

  it('scenario 43: a network is freed once all its addresses are', async () => {
    const network = await allocate({ partitionid: 'P2', projectid: id['A'] });
    const { body: ip } = await server
      .as('editor')
      .post('/v1/ip/allocate')
      .send({ networkid: network.id, projectid: id['A'] })
      .expect(201);
    const refused = await server.as('editor').delete(`/v1/network/free/${network.id}`).expect(422);
    expect(errorOf(refused).message).toContain(network.id);
    await server.as('editor').delete(`/v1/ip/free/${ip.ipaddress}`).expect(200);
    await server.as('editor').delete(`/v1/network/free/${network.id}`).expect(200);
    await server.as('editor').delete(`/v1/network/free/${network.id}`).expect(404);
    expect((await get('S2')).usage.used_prefixes).toBe(0);
    const next = await allocate({ partitionid: 'P2', projectid: id['A'] });
    expect([next.prefixes, next.vrf]).toEqual([network.prefixes, network.vrf]);
  });

  it('scenario 44: a super network with children cannot be deleted', async () => {
    await server.as('admin').delete('/v1/network/S1').expect(422);
    expect((await get('S1')).prefixes).toEqual(['10.0.0.0/16']);
  });

  it('scenario 49: legacy clients free with POST and an empty body, or any', async () => {
    for (const body of ['', '[]', '{}']) {
      const network = await allocate({ partitionid: 'P1', projectid: id['A'], shared: true });
      await server
        .as('editor')
        .post(`/v1/network/free/${network.id}`)
        .set('Content-Type', 'application/json')
        .send(body)
        .expect(200);
    }
  });

  it('metalctl apply: 409 for an existing ID even if prefixes overlap; update then accepts the document', async () => {
    const inet = await get('INET');
    const { defaultchildprefixlength: _, ...document } = inet;
    expect(errorOf(await server.as('admin').put('/v1/network').send(document).expect(409)).statuscode).toBe(409);
    const { body } = await update({ ...document, description: 'applied' }, '?force=false').expect(200);
    expect(body).toEqual({ ...inet, description: 'applied', changed: body.changed });
    await update({ id: 'INET' }, '?force=maybe').expect(400);
    await update({ id: 'nowhere' }).expect(404);
  });

  it('legacy clients: a super network without child lengths uses those of its partition', async () => {
    const network = await put('/v1/network', {
      id: 'S3',
      partitionid: 'P3',
      prefixes: ['10.96.0.0/16'],
      destinationprefixes: [],
      nat: false,
      privatesuper: true,
      underlay: false,
    });
    expect(network.defaultchildprefixlength).toEqual({ IPv4: 22 });
  });

  it('errors name the problem', async () => {
    const refuse = async (body: object, status: number, text: string) => {
      const answer = await server.as('admin').put('/v1/network').send(body).expect(status);
      expect(errorOf(answer)).toMatchObject({ statuscode: status, message: expect.stringContaining(text) });
    };
    await refuse({}, 400, 'prefixes');
    await refuse({ prefixes: ['198.51.100.1/24'] }, 400, '198.51.100.0/24');
    await refuse({ prefixes: ['198.51.100.0/24'], vrf: -1 }, 400, 'vrf');
    await refuse({ prefixes: ['198.51.100.0/24'], vrf: 131073 }, 422, '131073');
    await refuse({ prefixes: ['198.51.100.0/24'], vrf: 104009 }, 409, '104009');
    await refuse({ prefixes: ['10.0.4.0/24'] }, 422, '10.0.0.0/16');
    await refuse({ prefixes: ['198.51.100.0/24'], partitionid: '' }, 404, 'partition');
    await refuse(
      { prefixes: ['198.51.100.0/24'], privatesuper: true, defaultchildprefixlength: { IPv4: -1 } },
      400,
      'defaultchildprefixlength',
    );
    expect(await find({ prefixes: ['198.51.100.0/24'] })).toEqual([]);
    await server
      .as('viewer')
      .post('/v1/network/find')
      .send({ prefixes: ['x'] })
      .expect(400);
    await server.as('viewer').post('/v1/network/find').send({ addressfamily: 'x' }).expect(422);
  });

  it('every list entry has the fields that clients read unconditionally', async () => {
    const { body } = await server.as('viewer').get('/v1/network').expect(200);
    for (const network of body) {
      for (const flag of ['nat', 'privatesuper', 'underlay', 'shared']) expect(network[flag]).toBeTypeOf('boolean');
      expect(Object.values(network.usage).map((value) => typeof value)).toEqual([
        'number',
        'number',
        'number',
        'number',
      ]);
      for (const text of ['networktype', 'nattype', 'partitionid', 'projectid', 'name'])
        expect(network[text]).toBeTypeOf('string');
    }
    expect(body.map((n: { id: string }) => n.id)).toEqual(body.map((n: { id: string }) => n.id).sort());
  });

  it('a project with networks is not deleted', async () => {
    await server.as('admin').delete(`/v1/project/${id['A']}`).expect(400);
    await server
      .as('admin')
      .delete('/v1/partition/P1')
      .expect((response) => {
        expect(response.status).toBeGreaterThanOrEqual(400);
        expect(response.status).toBeLessThan(500);
      });
  });
});
