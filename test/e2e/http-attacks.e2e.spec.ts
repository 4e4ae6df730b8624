import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Operation } from '../../src/platform/http/operation.js';
import { Metrics } from '../../src/platform/telemetry/metrics.js';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { ProbeController, ProbeModule } from '../support/probe.module.js';
import { answerOf, head, post, RawClient, signature, within } from '../support/raw-client.js';

const MEBIBYTE = 1024 * 1024;
/** More than the kernel buffers for the server. */
const LARGE = Buffer.alloc(24 * MEBIBYTE, 'x');

@Controller('v1/large')
class LargeController {
  @Get('shared')
  @Operation({ id: 'shared', role: 'viewer' })
  shared(): Buffer {
    return LARGE;
  }

  @Get('own')
  @Operation({ id: 'own', role: 'viewer' })
  own(): Buffer {
    return Buffer.from(LARGE);
  }
}

@Module({ controllers: [LargeController] })
class LargeModule {}

let server: TestApp;
const metrics = new Metrics();
const clients: RawClient[] = [];

beforeAll(async () => {
  const limits = {
    METAL_API_MAX_CONNECTIONS: '40',
    METAL_API_MAX_REQUESTS: '24',
    METAL_API_MAX_HELD_BODY_BYTES: String(16 * MEBIBYTE),
    METAL_API_MAX_HELD_ANSWER_BYTES: String(64 * MEBIBYTE),
    METAL_API_HEADERS_TIMEOUT: '2s',
    METAL_API_BODY_TIMEOUT: '2s',
    METAL_API_STALL_TIMEOUT: '2s',
  };
  server = await startTestApp(limits, { modules: [ProbeModule, LargeModule], metrics });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await within(async () => expect((await health()).status).toBe(200));
});
afterAll(() => server.close());

const health = () => fetch(`${server.url}/v1/health`, { headers: { connection: 'close' } });

async function open(bytes: string | Buffer = ''): Promise<RawClient> {
  const client = await RawClient.open(server.url);
  clients.push(client);
  return client.send(bytes);
}

const answerTo = async (bytes: string | Buffer): Promise<string> => answerOf(await open(bytes));

const chunked = (data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);

describe('bodies of callers without a credential', () => {
  it.each([
    ['no credential', ''],
    ['a signature that does not hold', 'Authorization: Metal-Admin 00\r\nX-Date: 2026-01-01T00:00:00Z\r\n'],
    ['a malformed token', 'Authorization: Bearer x.y.z\r\n'],
    ['too small a role', 'viewer'],
    ['an unknown scheme', 'Authorization: Basic eDp5\r\n'],
  ])('are not read: %s', async (_, credential) => {
    const line = credential === 'viewer' ? `${signature('viewer', 'PUT')}` : credential.trimEnd();
    const request = head(
      'PUT /v1/size',
      'Content-Type: application/json',
      'Content-Length: 8000000',
      ...(line ? [line] : []),
    );
    const client = (await open(request)).read();
    await within(() => expect(client.statuses).toEqual([403]));
    client.send(Buffer.alloc(MEBIBYTE));
    await within(() => expect(client.isClosed).toBe(true));
  });

  it('on 250 connections are rejected, and the connections are cut', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const body = Buffer.alloc(2 * MEBIBYTE);
    const flood = await Promise.all(
      Array.from({ length: 250 }, async () =>
        (await open(post('/v1/machine/find', 'Content-Length: 8000000'))).read().send(body),
      ),
    );
    await within(() => expect(flood.every(({ isClosed }) => isClosed)).toBe(true));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MEBIBYTE);
  });

  it('are discarded if short, and the connection stays open', async () => {
    const client = (await open(post('/v1/machine/find', 'Content-Length: 5') + '{"a":')).read();
    client.send(head('GET /v1/health'));
    await within(() => expect(client.statuses).toEqual([403, 200]));
  });

  it.each([
    ['of known size', 'Content-Length: 4000000'],
    ['of unknown size', 'Transfer-Encoding: chunked'],
    ['larger than any request', 'Content-Length: 90000000'],
  ])('end the connection with the response, without a reset, if long: %s', async (_, framing) => {
    const client = (await open(post('/v1/machine/find', framing))).read();
    const chunk = Buffer.alloc(64 * 1024 - 8, 'x');
    for (let n = 0; n < 60; n++) client.send(framing.startsWith('T') ? chunked(chunk) : chunk);
    await within(() => expect(client.isClosed).toBe(true));
    expect(client.text).toMatch(/^HTTP\/1\.1 403 [^]*connection: close/i);
    expect(client.failure).toBeUndefined();
  });

  it('are not requested by 100 Continue', async () => {
    const expecting = ['Content-Length: 2', 'Expect: 100-continue'];
    expect(await answerTo(post('/v1/probe/free/a', ...expecting))).not.toContain('100 Continue');
    expect(await answerTo(post('/v1/machine/find', ...expecting))).toMatch(/^HTTP\/1\.1 403 [^]*connection: close/i);
    const welcome = (await open(post('/v1/machine/find', ...expecting, signature('viewer', 'POST')))).read();
    await within(() => expect(welcome.text).toMatch(/^HTTP\/1\.1 100 Continue/));
    welcome.send('{}');
    await within(() => expect(welcome.statuses).toEqual([100, 200]));
  });
});

describe('slow clients', () => {
  it.each([
    ['say nothing', ''],
    ['begin a request line', 'GET /v1/he'],
    ['never end their headers', 'GET /v1/health HTTP/1.1\r\nHost: localhost\r\nA: b\r\n'],
    ['send a byte now and then', 'drip'],
  ])('are cut if they %s', async (_, begin) => {
    const client = (await open(begin === 'drip' ? 'GET / HTTP/1.1\r\n' : begin)).read();
    const drip = setInterval(() => begin === 'drip' && client.send('X'), 200);
    try {
      await within(() => expect(client.isClosed).toBe(true), 15_000);
    } finally {
      clearInterval(drip);
    }
    expect(client.statuses).toEqual([408]);
  });

  it.each([
    ['never comes', '', []],
    ['stops in the middle', '{"id":', ['Content-Length: 100']],
    ['comes in chunks that stop', '5\r\n{"id"\r\n', ['Transfer-Encoding: chunked']],
    ['is packed and stops', '\x1f\x8b', ['Content-Length: 100', 'Content-Encoding: gzip']],
    ['comes byte by byte', 'drip', ['Content-Length: 4000']],
  ])('get 408 if their body %s', async (_, body, headers) => {
    const more = headers.length === 0 ? ['Content-Length: 10'] : headers;
    const client = (await open(post('/v1/machine/find', ...more, signature('viewer', 'POST')))).read();
    client.send(Buffer.from(body === 'drip' ? '{' : body, 'latin1'));
    const drip = setInterval(() => body === 'drip' && client.send(' '), 100);
    try {
      await within(() => expect(client.isClosed).toBe(true), 15_000);
    } finally {
      clearInterval(drip);
    }
    expect(client.statuses).toEqual([408]);
    expect(client.text).toContain('"{\\"statuscode\\":408');
  });

  it('are cut if they do not read large responses', async () => {
    const client = await open(head('GET /v1/large/own', signature('viewer', 'GET')));
    client.socket.pause();
    await within(
      async () => expect((await metrics.render()).text.includes('reason="unread-answer"')).toBe(true),
      15_000,
    );
    client.read().socket.resume();
    await within(() => expect(client.isClosed).toBe(true));
    expect(client.text.length).toBeLessThan(LARGE.length);
  });
});

describe('limits per caller', () => {
  it('large responses: beyond half of the budget 429 with Retry-After, other callers are still served', async () => {
    const readers = await Promise.all(
      Array.from({ length: 2 }, async () => open(head('GET /v1/large/own', signature('viewer', 'GET')))),
    );
    for (const { socket } of readers) socket.pause();
    await within(async () => {
      const refused = await answerTo(head('GET /v1/large/own', signature('viewer', 'GET')));
      expect(refused).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: 1[^]*"\{\\"statuscode\\":429/i);
    });
    expect(await answerTo(head('GET /v1/large/own', signature('admin', 'GET')))).toMatch(/^HTTP\/1\.1 200 /);
    expect((await health()).status).toBe(200);
    for (const client of readers) client.close();
    await within(async () =>
      expect(await answerTo(head('GET /v1/large/own', signature('viewer', 'GET')))).toMatch(/^HTTP\/1\.1 200 /),
    );
  });

  it('cached responses count toward the memory limit only once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        server
          .as('viewer')
          .get('/v1/large/shared')
          .buffer(true)
          .then(({ status }) => status),
      ),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  it('large bodies: beyond half of the budget 429, small ones and other callers are still served', async () => {
    const announce = (role: 'viewer' | 'admin') =>
      post('/v1/machine/find', `Content-Length: ${5 * MEBIBYTE}`, signature(role, 'POST'));
    await open(announce('viewer'));
    await within(async () => expect(await answerTo(announce('viewer'))).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: 1/i));
    await server.as('viewer').post('/v1/machine/find').send({}).expect(200);
    const other = (await open(announce('admin') + `{}${' '.repeat(5 * MEBIBYTE - 2)}`)).read();
    await within(() => expect(other.statuses).toEqual([200]));
  });

  it('bodies of unknown size are counted as they arrive', async () => {
    const chunked = () => post('/v1/machine/find', 'Transfer-Encoding: chunked', signature('viewer', 'POST'));
    const part = `${(5 * MEBIBYTE).toString(16)}\r\n${' '.repeat(5 * MEBIBYTE)}\r\n`;
    // On a busy machine the first may time out, and make room, before the second has arrived.
    for (let statuses: number[] = [], tries = 0; statuses[0] !== 429; tries++) {
      expect(tries, 'times that both were read').toBeLessThan(10);
      await open(chunked() + part);
      const second = (await open(chunked() + part)).read();
      await within(() => expect([429, 408]).toContain(second.statuses[0]));
      ({ statuses } = second);
    }
  });

  it('requests: beyond half of the limit 429, other callers are still served', async () => {
    ProbeController.slowOnes = 0;
    const slow = () => head('GET /v1/probe/slow/3000', signature('viewer', 'GET'));
    await Promise.all(Array.from({ length: 12 }, () => open(slow())));
    await within(() => expect(ProbeController.slowOnes).toBe(12));
    expect(await answerTo(slow())).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: 1/i);
    await server.as('admin').get('/v1/version').expect(200);
    expect((await health()).status).toBe(200);
  });

  it('connections: health responds while there are too many, busy or idle', async () => {
    await Promise.all(Array.from({ length: 200 }, () => open('GET / HTTP/1.1\r\n')));
    for (let n = 0; n < 5; n++) expect((await health()).status).toBe(200);
  });

  it('requests on one connection: a flood is cut', async () => {
    const flood = await open(head('GET /v1/version').repeat(2000));
    flood.read();
    await within(() => expect(flood.isClosed).toBe(true));
    expect(flood.statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(100);
    expect(flood.statuses.at(-1)).toBe(429);
  });
});
