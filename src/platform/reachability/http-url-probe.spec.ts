import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpUrlProbe } from './http-url-probe.js';

let server: Server;
let base: string;
const seen: string[] = [];
beforeAll(async () => {
  server = createServer(({ method, url }, response) => {
    seen.push(`${method} ${url}`);
    response.writeHead(url === '/there' ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('HttpUrlProbe', () => {
  const probe = new HttpUrlProbe();

  it('accepts reachable URLs without fetching them, and empty ones', async () => {
    seen.length = 0;
    await probe.check('url', `${base}/there`);
    await probe.check('url', '');
    await probe.check('url', undefined);
    expect(seen).toEqual(['HEAD /there']);
  });

  it.each([
    ['/gone', 'the server responded with status 404'],
    ['nonsense', 'Invalid URL'],
    ['http://127.0.0.1:1/', 'bad port'],
    ['http://nowhere.invalid/', /ENOTFOUND|EAI_AGAIN/],
    ['ftp://127.0.0.1/', 'unknown scheme'],
  ])('rejects %s with the reason', async (path, why) => {
    const refusal = expect(probe.check('bootconfig.imageurl', path.startsWith('/') ? base + path : path)).rejects;
    await refusal.toThrow(why);
    await refusal.toMatchObject({ kind: 'malformed', message: expect.stringContaining('bootconfig.imageurl') });
  });
});
