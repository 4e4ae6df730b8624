import { execFile } from 'node:child_process';
import { get } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { hmacHeaders } from '../support/hmac.js';
import { installed } from '../support/installed.js';
import { plantMachine, tableOf } from '../support/machines.js';
import { head, RawClient, signature } from '../support/raw-client.js';

/** Enough for lists that are sent as streams. */
const MACHINES = 3000;

const idOf = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp({ METAL_API_CORS_ORIGINS: 'https://ui.example' });
  const description = 'a description '.repeat(40);
  for (let n = 0; n < MACHINES; n++) await plantMachine(server, idOf(n), { machine: { description } });
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Sends a GET without decompressing its response. */
const ask = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = { headers: { ...hmacHeaders('viewer', 'GET'), ...headers } };
    get(server.url + path, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(chunks) }),
      );
    }).on('error', reject);
  });

const ENCODINGS = [
  ['gzip', 'gzip', gunzipSync],
  ['br', 'br', brotliDecompressSync],
  ['deflate, gzip;q=0.5, br;q=0', 'gzip', gunzipSync],
  ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
] as const;

describe('a long list', () => {
  it.each(ENCODINGS)('is compressed for Accept-Encoding: %s', async (accepted, encoding, unpack) => {
    const plain = await ask('/v1/machine');
    const { headers, bytes } = await ask('/v1/machine', { 'accept-encoding': accepted });
    expect(plain.bytes.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['content-length']).toBe(String(bytes.length));
    expect(headers['content-type']).toBe('application/json');
    expect(bytes.length).toBeLessThan(plain.bytes.length / 10);
    expect(unpack(bytes).equals(plain.bytes)).toBe(true);
    expect(headers.etag).toBe(plain.headers.etag);
    expect(headers.vary).toBe('Origin, Accept-Encoding');
    expect(plain.headers.vary).toBe('Origin, Accept-Encoding');
  });

  it.each([undefined, '', 'identity', 'zstd', 'gzip;q=0', 'x-gzip', `${'x, '.repeat(10_000)}y`])(
    'is not compressed for Accept-Encoding: %#',
    async (accepted) => {
      const { status, headers, bytes } = await ask(
        '/v1/machine',
        accepted === undefined ? {} : { 'accept-encoding': accepted },
      );
      expect(status).toBe(200);
      expect(headers['content-encoding']).toBeUndefined();
      expect(bytes.subarray(0, 2).toString()).toBe('[{');
    },
  );

  it('is compressed once, for all who ask meanwhile', async () => {
    await tableOf(server, machineTable).update(idOf(0), (machine) => ({ ...machine, name: 'once' }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask('/v1/machine', { 'accept-encoding': 'gzip' })),
    );
    expect(new Set(answers.map(({ bytes }) => bytes.toString('base64'))).size).toBe(1);
    expect(gunzipSync(answers[0]!.bytes).toString()).toContain('"once"');
  });

  it('shows each change at once', async () => {
    for (let n = 0; n < 5; n++) {
      await tableOf(server, machineTable).update(idOf(n), (machine) => ({ ...machine, name: `renamed-${n}` }));
      const { bytes, headers } = await ask('/v1/machine', { 'accept-encoding': 'gzip' });
      const text = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes).toString() : bytes.toString();
      expect(text).toContain(`"renamed-${n}"`);
    }
  });

  it('needs no bytes for callers who have it, in whatever encoding', async () => {
    const { headers } = await ask('/v1/machine', { 'accept-encoding': 'br' });
    const again = await ask('/v1/machine', { 'accept-encoding': 'gzip', 'if-none-match': headers.etag! });
    expect(again).toMatchObject({ status: 304, bytes: Buffer.alloc(0) });
    expect(again.headers['content-encoding']).toBeUndefined();
    expect(again.headers.vary).toBe('Origin, Accept-Encoding');
  });

  it('is no trouble for a client that leaves meanwhile', async () => {
    for (let n = 0; n < 20; n++) {
      await tableOf(server, machineTable).update(idOf(9), (machine) => ({ ...machine, name: `leaving-${n}` }));
      const client = await RawClient.open(server.url);
      client.send(head('GET /v1/machine', signature('viewer', 'GET'), 'Accept-Encoding: gzip'));
      await new Promise((resolve) => setTimeout(resolve, n * 5));
      client.close();
    }
    expect((await ask('/v1/machine', { 'accept-encoding': 'gzip' })).status).toBe(200);
  });

  it('comes unpacked to fetch, which asks for compression by itself', async () => {
    const answer = await fetch(`${server.url}/v1/machine`, { headers: hmacHeaders('viewer', 'GET') });
    expect(answer.headers.get('content-encoding')).not.toBeNull();
    expect(await answer.json()).toHaveLength(MACHINES);
  });
});

it('a short response is not compressed', async () => {
  const { headers, bytes } = await ask(`/v1/machine/${idOf(1)}`, { 'accept-encoding': 'gzip' });
  expect(headers['content-encoding']).toBeUndefined();
  expect(JSON.parse(bytes.toString())).toMatchObject({ id: idOf(1) });
});

describe.skipIf(!installed('curl', 'curl'))('curl', () => {
  const curl = async (...options: string[]): Promise<string> => {
    const headers = Object.entries(hmacHeaders('viewer', 'GET')).flatMap(([name, value]) => [
      '-H',
      `${name}: ${value}`,
    ]);
    const args = ['-s', ...headers, ...options, `${server.url}/v1/machine`];
    return (await promisify(execFile)('curl', args, { maxBuffer: 100 * 1024 * 1024 })).stdout;
  };

  it('reads a compressed list, and gets 304 for its tag', async () => {
    const [head = '', body = ''] = (await curl('-i', '--compressed')).split('\r\n\r\n');
    expect(head).toMatch(/^content-encoding: (br|gzip)$/im);
    expect(JSON.parse(body)).toHaveLength(MACHINES);
    const tag = /^etag: (.*)$/im.exec(head)![1]!.trim();
    const again = await curl('-i', '--compressed', '-H', `If-None-Match: ${tag}`);
    expect(again).toMatch(/^HTTP\/1\.1 304 /);
    expect(again.trimEnd().split('\r\n\r\n')).toHaveLength(1);
  });
});
