import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hmacHeaders } from '../support/hmac.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { operationsOf } from '../support/random-requests.js';
import type { SwaggerDocument } from '../support/random-requests.js';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp();
});
afterAll(() => server.close());

const fill = (open: string, part: string, count: number, close: string): string => open + part.repeat(count) + close;

/** Keyed by their defect; `size` is 1 for the largest body that is read. */
const BODIES: Readonly<Record<string, (size: number) => string>> = {
  'a deep list': (size) => fill('{"tags":', '[', 4_000_000 * size, ''),
  'a deep object': () => fill('', '{"neighbors":[', 5000, ''),
  'a deep class': () => `${'{"nics":[{"neighbors":['.repeat(3000)}${']}]}'.repeat(3000)}`,
  'millions of texts': (size) => fill('{"nics_vrfs":[', '"",', 2_500_000 * size, '""]}'),
  'millions of numbers': (size) => fill('{"network_vrfs":[', '0,', 3_000_000 * size, '0]}'),
  'millions of objects': (size) => fill('{"constraints":[', '{},', 2_000_000 * size, '{}]}'),
  'many members': () => `{"labels":{${Array.from({ length: 30_000 }, (_, at) => `"k${at}":"v"`).join(',')}}}`,
};

/** One route in this many gets the largest body, the others a twentieth of it: all share one decoder. */
const LARGEST_EVERY = 10;

const post = async (path: string, body: Uint8Array, headers: Record<string, string>, method = 'POST') => {
  const response = await fetch(server.url + path, {
    method,
    body,
    headers: { ...hmacHeaders('admin', method), ...headers },
  });
  return { status: response.status, body: await response.json() };
};

describe.each(Object.keys(BODIES))('%s', (kind) => {
  it('is rejected by every route that reads a body, naming the limit', { timeout: 120_000 }, async () => {
    const document = (await server.as('nobody').get('/apidocs.json').expect(200)).body as SwaggerDocument;
    const reading = operationsOf(document).filter(
      ({ method, operation }) => method !== 'GET' && operation.parameters.some((parameter) => parameter.in === 'body'),
    );
    expect(reading.length).toBeGreaterThan(50);
    const [largest, smaller] = [1, 0.05].map((size) => gzipSync(BODIES[kind]!(size), { level: 1 }));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const wrong: string[] = [];
    let named = 0;
    for (const [at, { method, path, operation }] of reading.entries()) {
      const packed = at % LARGEST_EVERY === 0 ? largest! : smaller!;
      const answer = await post(path.replace(/\{\w+\}/g, 'x'), packed, headers, method);
      // Routes that do not read the body respond as usual.
      const { message } = answer.status < 400 ? { message: '' } : errorOf(answer);
      if (/at most \d+/.test(message)) named++;
      if (answer.status >= 500) wrong.push(`${operation.operationId}: ${answer.status} ${message}`);
      else if (answer.status === 400 && /JSON|EOF/.test(message)) wrong.push(`${operation.operationId}: ${message}`);
    }
    expect(wrong).toEqual([]);
    expect(named).toBeGreaterThan(50);
  });
});

it('rejects a list beyond the limit, with its name and the limit', async () => {
  const body = { tags: Array.from({ length: 1001 }, () => 'a') };
  const { body: answer } = await server.as('viewer').post('/v1/machine/find').send(body).expect(400);
  expect(errorOf({ body: answer }).message).toBe('field "tags" has 1001 elements, at most 1000 are allowed');
});

it('accepts lists exactly at the limit in searches', async () => {
  const tags = Array.from({ length: 1000 }, (_, at) => `t${at}`);
  await server.as('viewer').post('/v1/machine/find').send({ tags, nics_vrfs: tags }).expect(200, []);
});

it('ignores megabytes of unknown members', async () => {
  const body = { unknown: ['ü"'.repeat(1_000_000)], id: 'nothing', other: 'x'.repeat(4_000_000) };
  await server.as('viewer').post('/v1/machine/find').send(body).expect(200, []);
});
