import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { answerOf, head, post, RawClient, signature, within } from '../support/raw-client.js';

let server: TestApp;
const clients: RawClient[] = [];

beforeAll(async () => void (server = await startTestApp()));
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => server.close());

async function open(bytes: string | Buffer): Promise<RawClient> {
  const client = await RawClient.open(server.url);
  clients.push(client);
  return client.send(bytes);
}

const answerTo = async (bytes: string | Buffer): Promise<string> => answerOf(await open(bytes));

describe('odd requests', () => {
  const length = 'Content-Length: 2';
  it.each<[string, string | Buffer, RegExp]>([
    ['HTTP/1.0', 'GET /v1/health HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 /],
    ['no Host', 'GET /v1/health HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 [^]*no Host header/],
    ['two Hosts', 'GET /v1/health HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n', /^HTTP\/1\.1 (200|400) /],
    ['a target in absolute form', head('GET http://localhost/v1/health'), /^HTTP\/1\.1 200 /],
    ['another one with a query', head('GET HTTP://localhost:80/v1/health?service=ipam'), /^HTTP\/1\.1 200 /],
    ['one without a path', head('GET http://localhost'), /^HTTP\/1\.1 200 /],
    ['one with an unknown path', head('GET http://localhost/v1//nothing'), /^HTTP\/1\.1 404 /],
    ['length and chunks', post('/v1/machine/find', length, 'Transfer-Encoding: chunked'), /^HTTP\/1\.1 400 /],
    ['two lengths', post('/v1/machine/find', length, 'Content-Length: 3'), /^HTTP\/1\.1 400 /],
    ['an invalid length', post('/v1/machine/find', 'Content-Length: -1'), /^HTTP\/1\.1 400 /],
    ['a huge length', post('/v1/machine/find', 'Content-Length: 99999999999999999999'), /^HTTP\/1\.1 400 /],
    ['an unknown transfer encoding', post('/v1/machine/find', 'Transfer-Encoding: gzip'), /^HTTP\/1\.1 (400|403) /],
    ['HEAD', head('HEAD /v1/health'), /^HTTP\/1\.1 405 /],
    ['OPTIONS', head('OPTIONS /v1/health'), /^HTTP\/1\.1 200 [^]*allow: GET/i],
    ['OPTIONS of everything', head('OPTIONS *'), /^HTTP\/1\.1 4\d\d /],
    ['an unknown expectation', head('GET /v1/health', 'Expect: tea'), /^HTTP\/1\.1 417 [^]*statuscode/],
    ['an upgrade', head('GET /v1/health', 'Connection: Upgrade', 'Upgrade: websocket'), /^HTTP\/1\.1 200 /],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'a thousand headers',
      head('GET /v1/health', ...Array.from({ length: 1000 }, (_, n) => `H${n}: v`)),
      /^HTTP\/1\.1 200 /,
    ],
    ['60 KiB of headers', head('GET /v1/health', `A: ${'x'.repeat(60_000)}`), /^HTTP\/1\.1 200 /],
    ['70 KiB of headers', head('GET /v1/health', `A: ${'x'.repeat(70_000)}`), /^HTTP\/1\.1 431 [^]*nosniff/],
    ['a NUL in a header', head('GET /v1/health', 'A: \0'), /^HTTP\/1\.1 400 /],
    ['a line feed alone', 'GET /v1/health HTTP/1.1\nHost: localhost\n\n', /^HTTP\/1\.1 (200|400) /],
  ])('%s', async (_, bytes, expected) => {
    expect(await answerTo(bytes)).toMatch(expected);
  });

  it('garbage after a chunked body closes the connection', async () => {
    const chunked = post('/v1/machine/find', 'Transfer-Encoding: chunked', signature('viewer', 'POST'));
    const client = (await open(`${chunked}2\r\n{}\r\n0\r\n\r\nGARBAGE\r\n\r\n`)).read();
    await within(() => expect(client.isClosed).toBe(true));
    expect(client.statuses.filter((status) => status >= 500)).toEqual([]);
  });

  it('an invalid chunk is 400', async () => {
    const chunked = post('/v1/machine/find', 'Transfer-Encoding: chunked', signature('viewer', 'POST'));
    expect(await answerTo(`${chunked}zz\r\n{}\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('a client that disconnects in the middle of its body does not affect others', async () => {
    for (let n = 0; n < 20; n++) {
      const client = await open(post('/v1/machine/find', 'Content-Length: 100', signature('viewer', 'POST')) + '{');
      client.close();
    }
    await server.as('viewer').post('/v1/machine/find').send({}).expect(200);
  });
});
