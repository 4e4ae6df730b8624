import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { hmacHeaders } from '../support/hmac.js';
import { operationsOf, randomRequest } from '../support/random-requests.js';
import type { RandomRequest, SwaggerDocument } from '../support/random-requests.js';

/** Fixed, so that a failure comes again; another one by RANDOM_SEED. */
const SEED = Number(process.env['RANDOM_SEED'] ?? 20_210_122);
const RUNS = Number(process.env['RANDOM_RUNS'] ?? 40);

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp({ METAL_API_CHECK_URLS: 'false' });
});
afterAll(() => server.close());

/** One request, also with a body on GET, which `fetch` refuses. */
function exchange(method: string, url: string, headers: Record<string, string>, body: string | undefined) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.setHeader('content-length', Buffer.byteLength(body ?? ''));
    sent.end(body);
  });
}

const agent = new Agent({ keepAlive: true });

/** The inner object of an error, or what is wrong with the answer. */
async function verdict({ method, path, body }: RandomRequest): Promise<string> {
  const headers = { 'content-type': 'application/json', ...hmacHeaders('admin', method) };
  const { status, text } = await exchange(method, server.url + path, headers, body);
  if (status < 400) return 'ok';
  if (status >= 500) return `${status} ${text}`;
  const inner: unknown = JSON.parse(JSON.parse(text) as string);
  expect(inner).toMatchObject({ statuscode: status });
  expect((inner as { message: string }).message).not.toBe('');
  return 'ok';
}

it(
  'whatever is sent to whichever route is answered below 500, refusals as the JSON string',
  { timeout: 300_000 },
  async () => {
    console.log(`random requests: seed ${SEED}, ${RUNS} runs a route`);
    const document = (await server.as('nobody').get('/apidocs.json').expect(200)).body as SwaggerDocument;
    const failures: string[] = [];
    for (const operation of operationsOf(document)) {
      const check = fc.asyncProperty(randomRequest(document, operation), async (request) => {
        expect(await verdict(request)).toBe('ok');
      });
      const result = await fc.check(check, { seed: SEED, numRuns: RUNS, endOnFailure: true });
      if (result.failed)
        failures.push(
          `${operation.operation.operationId}: ${JSON.stringify(result.counterexample)} ${String(result.errorInstance)}`,
        );
    }
    expect(failures).toEqual([]);
    await server.as('nobody').get('/v1/version').expect(200);
  },
);
