import { existsSync, rmSync, statSync, utimesSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestCache } from '../../../test/support/image-cache.js';
import { ImageOrigin, md5 } from '../../../test/support/image-origin.js';
import '../../../test/support/property-seed.js';
import { rawHttp } from '../../../test/support/raw-http.js';
import { evaluate } from './conditional.js';

const KEY = 'metal-os/ubuntu/img.tar.lz4';
let origin: ImageOrigin;
let cache: TestCache;
let bytes: Buffer;

beforeAll(async () => {
  origin = await ImageOrigin.start();
  bytes = origin.put(KEY, 1_500_000);
  cache = new TestCache({ 'image-store-url': origin.url });
  cache.api.images = [{ id: 'ubuntu-24.4.1', url: `http://images.metal-stack.io/${KEY}` }];
  await cache.serve();
});
afterAll(async () => {
  await cache.remove();
  await origin.stop();
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(cache.url(path), { method, headers, redirect: 'manual' });
const body = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
const metric = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await get('metrics')).text())?.[1]);

describe('a listener', () => {
  it('sends the file with headers that all caches have alike', async () => {
    const response = await get(KEY);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': '1500000',
      etag: `"${md5(bytes)}"`,
      'last-modified': origin.files.get(KEY)!.modified.toUTCString(),
      'accept-ranges': 'bytes',
    });
    expect((await body(response)).equals(bytes)).toBe(true);
  });

  it('sends the checksum file and answers HEAD', async () => {
    expect(await (await get(`${KEY}.md5`)).text()).toBe(`${md5(bytes)}  img.tar.lz4\n`);
    const head = await get(KEY, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), (await body(head)).length]).toEqual([200, '1500000', 0]);
  });

  it('sends parts, and continues a download only of the same version', async () => {
    const part = await get(KEY, { range: 'bytes=1000000-', 'if-range': `"${md5(bytes)}"` });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000000-1499999/1500000']);
    expect((await body(part)).equals(bytes.subarray(1_000_000))).toBe(true);
    const whole = await get(KEY, { range: 'bytes=1000000-', 'if-range': '"other"' });
    expect([whole.status, (await body(whole)).length]).toEqual([200, 1_500_000]);
    const beyond = await get(KEY, { range: 'bytes=1500000-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */1500000']);
  });

  it('answers conditional requests', async () => {
    const etag = `"${md5(bytes)}"`;
    expect((await get(KEY, { 'if-none-match': etag })).status).toBe(304);
    expect((await get(KEY, { 'if-modified-since': new Date().toUTCString() })).status).toBe(304);
    expect((await get(KEY, { 'if-match': '"other"' })).status).toBe(412);
  });

  it('leads misses to the store, with path and query (acceptance e)', async () => {
    const before = await metric('cache_misses');
    const request = `GET /metal-os/none%20such?a=b HTTP/1.1\r\nHost: images.metal-stack.io\r\nConnection: close\r\n\r\n`;
    const answer = await rawHttp(cache.url(''), request);
    expect(answer).toMatch(/^HTTP\/1\.1 307 /);
    expect(answer.toLowerCase()).toContain('location: https://images.metal-stack.io/metal-os/none%20such?a=b\r\n');
    expect(await metric('cache_misses')).toBe(before + 1);
  });

  it.each([
    '',
    'metal-os',
    'metal-os/',
    'metal-os/ubuntu/',
    `${KEY}/`,
    `${KEY}.md5.md5`,
    'state.json',
    '..%2fstate.json',
  ])('lists no folder and shows no other file: %j', async (path) => expect((await get(path)).status).toBe(307));

  it.each([
    ['GET /../state.json HTTP/1.1\r\nHost: h', 307],
    ['GET //evil.example/x HTTP/1.1\r\nHost: h', 307],
    ['GET /x HTTP/1.1\r\nHost: h/evil', 400],
    ['GET /x HTTP/1.1\r\nHost: ', 400],
    ['GET http://other/x HTTP/1.1\r\nHost: h', 400],
    ['OPTIONS * HTTP/1.1\r\nHost: h', 405],
    ['POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5', 405],
  ])('bears %j', async (head, status) => {
    const answer = await rawHttp(cache.url(''), `${head}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).not.toContain('location: https://evil');
  });

  it('counts whole downloads and parts', async () => {
    const before = await metric('cache_image_downloads');
    await body(await get(KEY));
    await body(await get(KEY, { range: 'bytes=0-9' }));
    await get(KEY, {}, 'HEAD');
    expect(await metric('cache_image_downloads')).toBe(before + 2);
    expect(await metric('current_cache_size')).toBe(1_500_000 + `${md5(bytes)}  img.tar.lz4\n`.length);
  });

  it('serves many at a time, also when some go away', async () => {
    const gone = new AbortController();
    const leaving = Array.from({ length: 8 }, async () => {
      const response = await fetch(cache.url(KEY), { signal: gone.signal });
      await response.body!.getReader().read();
    });
    await Promise.all(leaving);
    gone.abort();
    const all = await Promise.all(Array.from({ length: 24 }, async () => md5(await body(await get(KEY)))));
    expect(new Set(all)).toEqual(new Set([md5(bytes)]));
  });

  it('does not serve a file that was changed or removed on disk, until a run repaired it', async () => {
    const path = cache.path(KEY);
    const { atime, mtime } = statSync(path);
    utimesSync(path, atime, new Date(mtime.getTime() + 1000));
    expect((await get(KEY)).status).toBe(307);
    await cache.sync();
    expect((await get(KEY)).status).toBe(200);
    rmSync(path);
    expect((await get(KEY)).status).toBe(307);
    await cache.sync();
    expect(existsSync(path)).toBe(true);
    expect((await body(await get(KEY))).equals(bytes)).toBe(true);
  });
});

describe('evaluate', () => {
  const file = { etag: '"a"', modified: Date.parse('2026-01-01T00:00:00.500Z'), size: 10 };
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  const earlier = 'Wed, 31 Dec 2025 23:59:59 GMT';

  it.each([
    [{}, 200],
    [{ 'if-none-match': '"b", W/"a"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"b"', 'if-modified-since': date }, 200],
    [{ 'if-modified-since': date }, 304],
    [{ 'if-modified-since': earlier }, 200],
    [{ 'if-modified-since': 'nonsense' }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': 'W/"a"' }, 412],
    [{ 'if-unmodified-since': earlier }, 412],
    [{ 'if-unmodified-since': date }, 200],
    [{ range: 'bytes=0-0', 'if-range': date }, 206],
    [{ range: 'bytes=0-0', 'if-range': earlier }, 200],
    [{ range: 'bytes=0-0', 'if-range': 'W/"a"' }, 200],
    [{ range: 'bytes=10-' }, 416],
    [{ range: 'bytes=-0' }, 416],
    [{ range: 'bytes=5-4' }, 200],
    [{ range: 'bytes=0-1,3-4' }, 200],
    [{ range: 'lines=0-1' }, 200],
    [{ range: 'bytes=-' }, 200],
    [{ range: 'bytes=0-1', 'if-none-match': '"a"' }, 304],
  ])('%j is %i', (headers, status) => expect(evaluate(headers, file).status).toBe(status));

  it('cuts every range to the file', () =>
    fc.assert(
      fc.property(
        fc.option(fc.nat(30), { nil: '' }),
        fc.option(fc.nat(30), { nil: '' }),
        fc.nat(20),
        (first, last, size) => {
          const outcome = evaluate({ range: `bytes=${first}-${last}` }, { ...file, size });
          if (!('start' in outcome)) return;
          expect(outcome.start).toBeGreaterThanOrEqual(0);
          expect(outcome.end).toBeLessThanOrEqual(size);
          if (outcome.status === 206) expect(outcome.end).toBeGreaterThan(outcome.start);
        },
      ),
    ));
});
