import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { hmacHeaders } from '../support/hmac.js';
import { plantedAllocation, plantMachine } from '../support/machines.js';

const TOKEN_KEY = 'a key for the signing of tokens in this test only';

type Line = Record<string, unknown>;

let server: TestApp;
const engine = new MemoryEngine();
let broken = false;
/** What the next line waits for, if set. */
let held: { readonly begun: () => void; readonly until: Promise<void> } | undefined;

beforeAll(async () => {
  const append = engine.append.bind(engine);
  engine.append = async (log, entries) => {
    if (broken && log === 'audit') throw new Error('gone');
    const hold = log === 'audit' ? held : undefined;
    if (hold) held = undefined;
    hold?.begun();
    await hold?.until;
    return append(log, entries);
  };
  server = await startTestApp({ METAL_API_AUDITING_ENABLED: 'true', METAL_API_TOKEN_KEY: TOKEN_KEY }, { engine });
});
afterAll(() => server.close());

const find = async (query: object): Promise<Line[]> =>
  (await server.as('viewer').post('/v1/audit/find').send(query).expect(200)).body as Line[];

/** Both lines of a request; the second one is written after the response. */
const linesOf = (rqid: string): Promise<Line[]> =>
  eventually(`two lines of ${rqid}`, async () => {
    const lines = await find({ rqid });
    return lines.length >= 2 && lines;
  });

describe('the audit trail', () => {
  it('records request and response of a write, in this order', async () => {
    const rqid = randomUUID();
    const size = { id: 'c1', constraints: [{ type: 'cores', min: 1, max: 1 }] };
    const request = server.as('admin').put('/v1/size').set('X-Request-Id', rqid).set('X-Forwarded-For', '10.9.8.7');
    await request.send(size).expect(201);
    const [first, second] = await linesOf(rqid);
    const common = {
      component: 'metal-api',
      rqid,
      call_id: first!['call_id'],
      type: 'http',
      user: expect.stringMatching(/@/),
      tenant: 'metal-stack',
      detail: 'PUT',
      path: '/v1/size',
      forwarded_for: '10.9.8.7',
      remote_addr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      timestamp: expect.stringMatching(/Z$/),
      error: '',
    };
    expect(first).toEqual({ ...common, phase: 'request', body: JSON.stringify(size), status_code: null });
    expect(second).toEqual({ ...common, phase: 'response', body: expect.any(String), status_code: 201 });
    expect(JSON.parse(second!['body'] as string)).toMatchObject({ id: 'c1', labels: {} });
  });

  it('records refused requests, without body if the role is missing; none of unauthenticated callers', async () => {
    const [refused, wrong, stranger] = [randomUUID(), randomUUID(), randomUUID()];
    await server.as('viewer').put('/v1/size').set('X-Request-Id', refused).send({ id: 'c2' }).expect(403);
    await server.as('admin').put('/v1/size').set('X-Request-Id', wrong).send({ id: 'unknown' }).expect(400);
    await server.as('nobody').put('/v1/size').set('X-Request-Id', stranger).send({ id: 'c2' }).expect(403);
    expect(await linesOf(refused)).toMatchObject([{ body: '' }, { status_code: 403 }]);
    const [asked, answer] = await linesOf(wrong);
    expect(asked).toMatchObject({ phase: 'request', body: '' });
    expect(answer).toMatchObject({ status_code: 400, error: expect.stringContaining('is reserved') });
    expect(JSON.parse(answer!['body'] as string)).toMatchObject({ statuscode: 400 });
    expect(await find({ rqid: stranger })).toEqual([]);
  });

  it('names technical users, who have no email address', async () => {
    const rqid = randomUUID();
    const [token] = createApiToken(TOKEN_KEY, { subject: 'robot', role: 'admin', lifetime: 60_000 }, Date.now());
    const request = supertest(server.url).put('/v1/size').set('Authorization', `Bearer ${token}`);
    await request.set('X-Request-Id', rqid).send({ id: 'c9' }).expect(201);
    expect((await linesOf(rqid)).map(({ user }) => user)).toEqual(['robot', 'robot']);
    expect(await find({ user: 'robot' })).toHaveLength(2);
  });

  it('records access to console passwords without the password, and no other reads', async () => {
    const allocation = plantedAllocation({ consolePassword: 'very-secret', userData: 'very-secret' });
    await plantMachine(server, 'm1', { machine: { allocation } });
    const [asked, read, searched] = [randomUUID(), randomUUID(), randomUUID()];
    const editor = server.as('editor');
    const body = { id: 'm1', reason: 'needle in the trail' };
    const shown = await editor.get('/v1/machine/consolepassword').set('X-Request-Id', asked).send(body).expect(200);
    expect(shown.body).toMatchObject({ console_password: 'very-secret' });
    await editor.get('/v1/machine/m1').set('X-Request-Id', read).expect(200);
    await editor.post('/v1/machine/find').set('X-Request-Id', searched).send({}).expect(200);
    await editor.post('/v1/machine/m1/state').send({ value: 'LOCKED', description: 'x' }).expect(200);
    expect((await linesOf(asked)).map(({ body }) => body)).toEqual([
      JSON.stringify(body),
      expect.stringContaining('"console_password":"***"'),
    ]);
    expect([...(await find({ rqid: read })), ...(await find({ rqid: searched }))]).toEqual([]);
    await eventually('the state is on record', async () => (await find({ path: 'm1/state' })).length === 2);
    expect(JSON.stringify(await find({}))).not.toContain('very-secret');
    expect(await find({ body: 'needle' })).toHaveLength(1);
  });

  it('records reads of BMC passwords, except by viewers, who do not see them', async () => {
    await plantMachine(server, 'm2');
    const [one, all, shown, none] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await server.as('editor').get('/v1/machine/m2/ipmi').set('X-Request-Id', one).expect(200);
    await server.as('admin').post('/v1/machine/ipmi/find').set('X-Request-Id', all).send({ id: 'm2' }).expect(200);
    await server.as('viewer').get('/v1/machine/m2/ipmi').set('X-Request-Id', shown).expect(200);
    await server.as('viewer').post('/v1/machine/ipmi/find').set('X-Request-Id', none).send({}).expect(200);
    expect(await linesOf(one)).toMatchObject([{ path: '/v1/machine/m2/ipmi', body: '' }, { status_code: 200 }]);
    expect(await linesOf(all)).toMatchObject([{ body: '{"id":"m2"}' }, { status_code: 200 }]);
    expect([...(await find({ rqid: shown })), ...(await find({ rqid: none }))]).toEqual([]);
  });

  it('records that a caller has asked for secrets which it had already', async () => {
    await plantMachine(server, 'm7', { bmc: { password: 'a secret' } });
    const [first, again] = [randomUUID(), randomUUID()];
    const ask = (rqid: string) => server.as('editor').get('/v1/machine/m7/ipmi').set('X-Request-Id', rqid);
    const { headers } = await ask(first).expect(200);
    await ask(again)
      .set('If-None-Match', (headers as Record<string, string>)['etag']!)
      .expect(304);
    expect((await linesOf(first))[1]!['body']).toContain('"id":"m7"');
    expect(await linesOf(again)).toMatchObject([
      { path: '/v1/machine/m7/ipmi' },
      { status_code: 304, body: '', error: '' },
    ]);
  });

  it('records the length and the end of streamed responses', async () => {
    const nics = Array.from({ length: 2000 }, (_, n) => ({
      ...{
        mac: `aa:bb:cc:00:${(n >> 8).toString(16)}:${(n & 255).toString(16)}`,
        name: 'n'.repeat(900),
        identifier: '',
      },
      ...{ hostname: '', neighbors: [] },
    }));
    const hardware = { memory: 1, cpus: [], gpus: [], disks: [], nics };
    for (const id of ['m4', 'm5', 'm6']) await plantMachine(server, id, { machine: { hardware } });
    const [whole, cut] = [randomUUID(), randomUUID()];
    const found = server.as('editor').post('/v1/machine/ipmi/find').set('X-Request-Id', whole);
    const { text } = await found.send({}).buffer(true).expect(200);
    expect(text.length).toBeGreaterThan(2 * 1024 * 1024);
    const recorded = { status_code: 200, body: `"${Buffer.byteLength(text)} bytes"`, error: '' };
    expect((await linesOf(whole))[1]).toMatchObject(recorded);

    const headers = { ...hmacHeaders('editor', 'POST'), 'Content-Type': 'application/json', 'X-Request-Id': cut };
    const request = httpRequest(`${server.url}/v1/machine/ipmi/find`, { method: 'POST', headers });
    request.on('response', (response) => response.once('data', () => response.destroy())).on('error', () => undefined);
    request.end('{}');
    expect((await linesOf(cut))[1]).toMatchObject({
      ...{ status_code: 200, error: expect.stringContaining('closed before the response was sent') as string },
    });

    expect(await find({ rqid: cut })).toHaveLength(2);
  });

  it.each(['GET', 'PUT', 'POST', 'DELETE'])('records the result of a %s whose client is gone', async (method) => {
    await plantMachine(server, `gone-${method}`);
    const [path, body] = {
      GET: [`machine/gone-${method}/ipmi`, ''],
      PUT: ['size', JSON.stringify({ id: `gone-${method}`, constraints: [] })],
      POST: ['machine/ipmi/find', JSON.stringify({ id: `gone-${method}` })],
      DELETE: [`machine/gone-${method}`, ''],
    }[method] as [string, string];
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    const rqid = randomUUID();
    const begun = new Promise<void>((resolve) => (held = { begun: resolve, until }));
    const headers = { ...hmacHeaders('admin', method), 'Content-Type': 'application/json', 'X-Request-Id': rqid };
    const connected = once(server.app.getHttpServer(), 'connection');
    const options = { method, headers, agent: false } as const;
    const request = httpRequest(`${server.url}/v1/${path}`, options).on('error', () => undefined);
    request.end(body === '' ? undefined : body);
    const [socket] = (await connected) as [Socket];
    await begun;
    const closed = once(socket, 'close');
    request.destroy();
    await closed;
    release();
    const [, response] = await linesOf(rqid);
    expect(response).toMatchObject({ phase: 'response', status_code: method === 'PUT' ? 201 : 200 });
    expect(response!['error']).toContain('closed before the response was sent');
  });

  it('records an empty body for requests without one', async () => {
    await plantMachine(server, 'm3');
    const rqid = randomUUID();
    await server.as('admin').delete('/v1/machine/m3').set('X-Request-Id', rqid).expect(200);
    expect((await linesOf(rqid))[0]).toMatchObject({ phase: 'request', body: '' });
  });

  it('finds a call by its ID', async () => {
    const rqid = randomUUID();
    for (const id of ['c10', 'c11']) {
      await server.as('admin').put('/v1/size').set('X-Request-Id', rqid).send({ id, constraints: [] });
    }
    const lines = await eventually('four lines', async () => {
      const found = await find({ rqid });
      return found.length === 4 && found;
    });
    expect(await find({ call_id: lines[0]!['call_id'] })).toHaveLength(2);
  });

  it('requires the viewer role, and rejects invalid queries', async () => {
    const ask = (body: object) => server.as('viewer').post('/v1/audit/find').send(body);
    await ask({ limit: -1 }).expect(400);
    await ask({ from: 'yesterday' }).expect(400);
    await ask({ from: '0001-01-01T00:00:00.000Z', to: '0001-01-01T00:00:00.000Z', limit: 1 }).expect(200);
    await server.as('nobody').post('/v1/audit/find').send({}).expect(403);
  });

  it('must be writable before a request is executed; reads continue', async () => {
    broken = true;
    const { body } = await server.as('admin').put('/v1/size').send({ id: 'c3' }).expect(503);
    expect(errorOf({ body }).message).toContain('audit trail');
    await server.as('viewer').get('/v1/size/c3').expect(404);
    await server.as('viewer').post('/v1/machine/find').send({}).expect(200);
    broken = false;
    await server.as('admin').put('/v1/size').send({ id: 'c3' }).expect(201);
  });
});

describe('without an audit trail', () => {
  it('reports in searches that it is disabled, and executes requests', async () => {
    const plain = await startTestApp();
    const { body } = await plain.as('viewer').post('/v1/audit/find').send({}).expect(422);
    expect(errorOf({ body }).message).toContain('this feature is currently disabled');
    await plain.as('admin').put('/v1/size').send({ id: 'c1' }).expect(201);
    await plain.close();
  });
});
