import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
});
afterAll(() => server.close());

describe('tenants and projects over HTTP', { shuffle: false }, () => {
  it('initially exist for the operator only', async () => {
    const system = await server.as('viewer').get('/v1/project/00000000-0000-0000-0000-000000000000').expect(200);
    expect(system.body.tenant_id).toBe(server.config.auth.providerTenant);
    await server.as('viewer').get(`/v1/tenant/${server.config.auth.providerTenant}`).expect(200);
  });

  it('are created with meta as sent by metalctl', async () => {
    const tenant = {
      meta: { id: 'acme', kind: 'Tenant', apiversion: 'v1', annotations: { level: 'gold' }, labels: ['a'] },
      name: 'ACME',
      default_quotas: { machine: { quota: 5 } },
      quotas: { project: { quota: 2 } },
      iam_config: { issuer_config: { url: 'https://issuer', client_id: 'c' }, idm_config: { idm_type: 'AD' } },
    };
    await server.as('editor').put('/v1/tenant').send(tenant).expect(403);
    const { body } = await server.as('admin').put('/v1/tenant').send(tenant).expect(201);
    expect(body).toMatchObject(tenant);
    await server.as('admin').put('/v1/tenant').send(tenant).expect(409);
    const project = await server.as('admin').put('/v1/project').send({ name: 'one', tenant_id: 'acme' }).expect(201);
    expect(project.body).toMatchObject({
      meta: { kind: 'Project', apiversion: 'v1' },
      quotas: { machine: { quota: 5, used: 0 }, ip: { used: 0 } },
    });
    await server
      .as('admin')
      .put('/v1/project')
      .send({ meta: { id: 'two' }, tenant_id: 'acme' })
      .expect(201);
    const refusal = await server
      .as('admin')
      .put('/v1/project')
      .send({ meta: { id: 'three' }, tenant_id: 'acme' })
      .expect(422);
    expect(errorOf(refusal).message).toContain('quota of 2 projects');
  });

  it('return 412 for an update with an outdated version', async () => {
    const update = (version: number | undefined, name: string) =>
      server
        .as('admin')
        .post('/v1/project')
        .send({ meta: { id: 'two', version }, name, tenant_id: 'acme' });
    expect((await update(undefined, 'first').expect(200)).body).toMatchObject({ name: 'first', meta: { version: 1 } });
    expect(errorOf(await update(0, 'late').expect(412)).statuscode).toBe(412);
    await update(1, 'second').expect(200);
    await server
      .as('admin')
      .post('/v1/tenant')
      .send({ meta: { id: 'acme', version: 3 } })
      .expect(412);
    const found = await server
      .as('viewer')
      .post('/v1/project/find')
      .send({ name: 'second', tenant_id: 'acme', id: null });
    expect(found.body).toHaveLength(1);
  });

  it.each([
    ['project', { name: 'x' }, 400],
    ['project', { tenant_id: 'ghost' }, 404],
    ['project', { tenant_id: 'acme', meta: { kind: 'Tenant' } }, 422],
    ['project', { tenant_id: 'acme', meta: [] }, 400],
    ['project', { tenant_id: 'acme', quotas: { machine: { quota: 'many' } } }, 400],
    ['tenant', { meta: { apiversion: 'v2' } }, 422],
    ['tenant', { meta: { annotations: ['a'] } }, 400],
  ])('reject creating %s %o with %i', async (path, body, status) => {
    errorOf(await server.as('admin').put(`/v1/${path}`).send(body).expect(status));
  });

  it.each([
    ['project', {}, 400],
    ['project', { meta: { id: 'ghost' } }, 404],
    ['project', { meta: { id: 'two', version: 2 } }, 422],
    ['tenant', {}, 400],
    ['tenant', { meta: { id: 'ghost' } }, 404],
  ])('reject updating %s %o with %i', async (path, body, status) => {
    errorOf(await server.as('admin').post(`/v1/${path}`).send(body).expect(status));
  });

  it('are found by annotations, and deleted if nothing depends on them', async () => {
    const find = (body: object) => server.as('viewer').post('/v1/tenant/find').send(body);
    expect((await find({ annotations: { level: 'gold' } }).expect(200)).body).toHaveLength(1);
    expect((await find({ annotations: { level: 'iron' } }).expect(200)).body).toEqual([]);
    await server.as('admin').delete('/v1/tenant/acme').expect(422);
    const { body } = await server.as('viewer').post('/v1/project/find').send({ tenant_id: 'acme' }).expect(200);
    for (const { meta } of body) await server.as('admin').delete(`/v1/project/${meta.id}`).expect(200);
    expect((await server.as('admin').delete('/v1/tenant/acme').expect(200)).body.name).toBe('ACME');
    await server.as('admin').delete('/v1/project/two').expect(404);
  });
});

describe('partitions over HTTP', { shuffle: false }, () => {
  it('are created, updated and deleted', async () => {
    const admin = server.as('admin');
    const { body } = await admin
      .put('/v1/partition')
      .send({ id: 'fra', bootconfig: { imageurl: 'http://i' }, dns_servers: [{ ip: '1.1.1.1' }], ntp_servers: null })
      .expect(201);
    expect(body).toMatchObject({
      id: 'fra',
      mgmtserviceaddress: '',
      labels: {},
      dns_servers: [{ ip: '1.1.1.1' }],
      bootconfig: { imageurl: 'http://i', kernelurl: '', commandline: '' },
      privatenetworkprefixlength: 22,
    });
    expect(body).not.toHaveProperty('ntp_servers');
    await admin.put('/v1/partition').send({ id: 'fra', bootconfig: {} }).expect(409);
    const changed = await admin
      .post('/v1/partition')
      .send({ id: 'fra', bootconfig: null, dns_servers: [] })
      .expect(200);
    expect(changed.body.bootconfig.imageurl).toBe('http://i');
    expect(changed.body).not.toHaveProperty('dns_servers');
    await server.as('viewer').get('/v1/partition/fra').expect(200);
    await server.as('editor').delete('/v1/partition/fra').expect(403);
    await admin.delete('/v1/partition/fra').expect(200);
    await server.as('viewer').get('/v1/partition/fra').expect(404);
  });

  it.each([
    [{ bootconfig: {} }, 400],
    [{ id: 'capacity', bootconfig: {} }, 400],
    [{ id: 'x', dns_servers: [{ ip: 'dns' }] }, 400],
    [{ id: 'x', dns_servers: [{}] }, 400],
    [{ id: 'x', ntp_servers: [{ address: 'a b' }] }, 400],
    [{ id: 'x', bootconfig: 'none' }, 400],
    [{ id: 'x', privatenetworkprefixlength: 31 }, 422],
  ])('reject %o with %i', async (body, status) => {
    errorOf(await server.as('admin').put('/v1/partition').send(body).expect(status));
  });
});
