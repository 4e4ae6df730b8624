import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../src/platform/store/memory/memory-engine.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { Method, TestApp } from '../support/app.js';
import { hmacHeaders } from '../support/hmac.js';
import { plantedAllocation, plantMachine } from '../support/machines.js';
import { ServerProcess } from '../support/server-process.js';

type Headers = Record<string, string>;

const send = (url: string, method: Method, path: string, headers: Headers, body?: object) => {
  const request = supertest(url)[method](path).set(headers);
  return body === undefined ? request : request.send(body);
};

const USED = 'this signature was used before';

describe('a signature that was used at one replica', () => {
  const engine = new MemoryEngine();
  let one: TestApp;
  let two: TestApp;
  beforeAll(async () => {
    [one, two] = [await startTestApp({}, { engine }), await startTestApp({}, { engine })];
    await plantMachine(one, 'm1', { machine: { allocation: plantedAllocation({ consolePassword: 'very-secret' }) } });
  });
  afterAll(() => Promise.all([one.close(), two.close()]));

  const size = { id: 'c1', constraints: [{ type: 'cores', min: 1, max: 1 }] };
  const routes: [string, Method, string, object?][] = [
    ['creating a size', 'put', '/v1/size', size],
    ['changing a size', 'post', '/v1/size', { id: 'c1', description: 'x' }],
    ['deleting a size', 'delete', '/v1/size/c1'],
    ['a power command', 'post', '/v1/machine/m1/power/on', []],
    ['an event', 'post', '/v1/machine/m1/event', { event: 'PXE Booting' }],
    ['a console password', 'get', '/v1/machine/consolepassword', { id: 'm1', reason: 'x' }],
    ['a BMC password', 'get', '/v1/machine/m1/ipmi'],
    ['the BMC passwords', 'post', '/v1/machine/ipmi/find', {}],
    ['what is refused', 'put', '/v1/size', { id: 'unknown' }],
  ];

  it.each(routes)('does not do for %s at another', async (_, method, path, body) => {
    const headers = hmacHeaders('admin', method.toUpperCase());
    const first = await send(one.url, method, path, headers, body);
    expect(first.text).not.toContain(USED);
    const second = await send(two.url, method, path, headers, body).expect(403);
    expect(errorOf(second).message).toContain(USED);
  });

  it('is rejected on another route of its method, but accepted for reads without secrets', async () => {
    const headers = hmacHeaders('admin', 'GET');
    for (const { url } of [one, two, one]) await send(url, 'get', '/v1/machine/m1', headers).expect(200);
    await send(one.url, 'get', '/v1/machine/m1/ipmi', headers).expect(403);
    const secret = hmacHeaders('editor', 'GET');
    await send(one.url, 'get', '/v1/machine/m1/ipmi', secret).expect(200);
    await send(two.url, 'get', '/v1/machine/consolepassword', secret, { id: 'm1', reason: 'x' }).expect(403);
  });

  it('is accepted once if used by many concurrent requests', async () => {
    const headers = hmacHeaders('admin', 'PUT');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        send([one, two][n % 2]!.url, 'put', '/v1/tenant', headers, { meta: { id: `t${n}` } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(19);
  });

  it('can be reused by viewers, who see no passwords, and where replays are allowed', async () => {
    const viewer = hmacHeaders('viewer', 'GET');
    for (const { url } of [one, two]) await send(url, 'get', '/v1/machine/m1/ipmi', viewer).expect(200);
    const lenient = await startTestApp({ METAL_API_HMAC_REPLAYS: 'allow' }, { engine });
    const write = hmacHeaders('admin', 'POST');
    for (const { url } of [lenient, lenient]) await send(url, 'post', '/v1/machine/m1/power/on', write, []).expect(200);
    await lenient.close();
  });
});

describe('a signature that was used before a restart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'replay-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['kill -9', (server: ServerProcess) => server.kill()],
    ['SIGTERM', (server: ServerProcess) => server.stop()],
  ])('is rejected after %s', async (name, end) => {
    const environment = { METAL_API_DATA_DIR: join(folder, name) };
    const [write, read] = [hmacHeaders('admin', 'PUT'), hmacHeaders('admin', 'GET')];
    const before = await ServerProcess.start(environment);
    await send(before.url, 'put', 'v1/tenant', write, { meta: { id: 't1' } }).expect(201);
    await send(before.url, 'get', 'v1/machine/unknown/ipmi', read).expect(404);
    await end(before);
    const after = await ServerProcess.start(environment);
    try {
      await send(after.url, 'put', 'v1/tenant', write, { meta: { id: 't2' } }).expect(403);
      await send(after.url, 'get', 'v1/machine/unknown/ipmi', read).expect(403);
      await send(after.url, 'put', 'v1/tenant', hmacHeaders('admin', 'PUT'), { meta: { id: 't2' } }).expect(201);
    } finally {
      await after.stop();
    }
  });
});
