import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
});
afterAll(() => server.close());

const image = (id: string, more: object = {}) => ({ id, url: `http://images.example.org/${id}.tar.lz4`, ...more });

describe('images over HTTP', () => {
  it('are created by admins only, and readable for all authenticated callers', async () => {
    await server.as('editor').put('/v1/image').send(image('denied-1.0.1')).expect(403);
    const created = await server
      .as('admin')
      .put('/v1/image')
      .send(image('ubuntu-24.04.20240401', { features: ['machine'] }))
      .expect(201);
    expect(created.body).toMatchObject({
      id: 'ubuntu-24.04.20240401',
      name: '',
      description: '',
      features: ['machine'],
      classification: 'preview',
      usedby: [],
    });
    const read = await server.as('viewer').get('/v1/image/ubuntu-24.04.20240401').expect(200);
    expect(read.body).toEqual(created.body);
    await server.as('nobody').get('/v1/image').expect(403);
  });

  it('return 409 for a second creation, as metalctl apply requires', async () => {
    await server.as('admin').put('/v1/image').send(image('twice-1.0.1')).expect(201);
    const refusal = await server.as('admin').put('/v1/image').send(image('twice-1.0.1')).expect(409);
    expect(errorOf(refusal)).toMatchObject({ statuscode: 409 });
    await server
      .as('admin')
      .post('/v1/image')
      .send(image('twice-1.0.1', { name: 'renamed' }))
      .expect(200);
  });

  it('are found by short ID, newest first', async () => {
    for (const id of ['alpine-3.10', 'alpine-3.10.20191012', 'alpine-3.10.20200101', 'alpine-3.11.1']) {
      await server.as('admin').put('/v1/image').send(image(id)).expect(201);
    }
    const latest = await server.as('viewer').get('/v1/image/alpine-3.10/latest').expect(200);
    expect(latest.body.id).toBe('alpine-3.10.20200101');
    const query = await server.as('viewer').get('/v1/image/alpine-3.10/query').expect(200);
    expect(query.body.map(({ id }: { id: string }) => id)).toEqual([
      'alpine-3.10.20200101',
      'alpine-3.10.20191012',
      'alpine-3.10',
    ]);
    await server.as('viewer').get('/v1/image/alpine/latest').expect(404);
    await server.as('viewer').get('/v1/image/alpine-3.12/latest').expect(404);
    expect((await server.as('viewer').get('/v1/image/alpine-3.12/query').expect(200)).body).toEqual([]);
  });

  it('can be searched; null means no filter', async () => {
    for (const id of ['sought-3.11.1', 'sought-3.11.2'])
      await server.as('admin').put('/v1/image').send(image(id)).expect(201);
    const found = await server
      .as('viewer')
      .post('/v1/image/find?show-usage=true')
      .send({ OS: 'sought', version: '3.11.1', features: null, name: null })
      .expect(200);
    expect(found.body.map(({ id }: { id: string }) => id)).toEqual(['sought-3.11.1']);
    await server.as('viewer').post('/v1/image/find?show-usage=perhaps').send({}).expect(400);
  });

  it.each([
    [{}, 400],
    [{ id: 'x-1' }, 400],
    [image('noversion'), 400],
    [image('x-1', { features: ['router'] }), 400],
    [image('x-1', { classification: 'gold' }), 400],
    [image('x-1', { expirationDate: 'tomorrow' }), 400],
    [image('x-1', { url: 5 }), 400],
    [image(`${'x'.repeat(200)}-1`), 400],
  ])('reject %o with %i', async (body, status) => {
    const refusal = await server.as('admin').put('/v1/image').send(body).expect(status);
    expect(errorOf(refusal).message).not.toBe('');
  });

  it('treat the zero time of Go clients as absent', async () => {
    const { body } = await server
      .as('admin')
      .put('/v1/image')
      .send(image('zero-1.0.1', { expirationDate: '0001-01-01T00:00:00.000Z' }))
      .expect(201);
    expect(Date.parse(body.expirationDate)).toBeGreaterThan(Date.now() + 89 * 24 * 3600_000);
  });

  it('return their last state when deleted', async () => {
    await server.as('admin').put('/v1/image').send(image('gone-1.0.1')).expect(201);
    const deleted = await server.as('admin').delete('/v1/image/gone-1.0.1').expect(200);
    expect(deleted.body.url).toContain('gone');
    await server.as('admin').delete('/v1/image/gone-1.0.1').expect(404);
    await server.as('admin').post('/v1/image').send(image('gone-1.0.1')).expect(404);
  });
});
