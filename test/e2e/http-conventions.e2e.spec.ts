import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/platform/telemetry/logger.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { Method, TestApp } from '../support/app.js';
import { ProbeController, ProbeModule } from '../support/probe.module.js';
import { hmacHeaders } from '../support/hmac.js';
import { rawHttp, signed } from '../support/raw-http.js';

const JSON_TYPE = 'application/json';

let server: TestApp;
let lines: string[];
beforeAll(async () => {
  lines = [];
  const logger = createLogger('info', { write: (line: string) => void lines.push(line) });
  const settings = { METAL_API_BASE_PATH: '/metal/', METAL_API_CORS_ORIGINS: 'https://ui.example' };
  server = await startTestApp(settings, { modules: [ProbeModule], logger });
});
afterAll(() => server.close());

const send = (method: Method, path: string) => server.as('viewer')[method](`/metal/v1/probe${path}`);

describe('errors', () => {
  it.each([
    ['not-found', 404, 'NotFound probe "not-found"'],
    ['already-exists', 409, 'Conflict probe "already-exists"'],
    ['conflict', 409, 'Conflict probe "conflict"'],
    ['malformed', 400, 'probe "malformed"'],
    ['invalid', 422, 'probe "invalid"'],
    ['precondition', 412, 'probe "precondition"'],
    ['forbidden', 403, 'probe "forbidden"'],
    ['exhausted', 422, 'probe "exhausted"'],
    ['disabled', 422, 'probe "disabled"'],
    ['unavailable', 503, 'probe "unavailable"'],
    ['internal', 500, 'Internal probe "internal"'],
  ])('metalctl apply, CAPMS, FCM: %s is the JSON string with status %d', async (kind, status, message) => {
    const answer = await send('get', `/fail/${kind}`).expect(status);
    expect(answer.headers['content-type']).toBe(JSON_TYPE);
    expect(answer.text.startsWith('"{')).toBe(true);
    expect(errorOf(answer)).toEqual({ statuscode: status, message });
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
  });

  it('metal-go: a bug is a 500 in the same form, logged once with stack and request ID, message hidden', async () => {
    lines.length = 0;
    const answer = await send('get', '/fail/bug').set('X-Request-Id', 'rq-1').expect(500);
    expect(errorOf(answer).message).not.toContain('secret');
    expect(errorOf(answer).message).toContain('rq-1');
    const logged = lines.filter((line) => line.includes('secret of the house'));
    expect(logged).toHaveLength(1);
    expect(JSON.parse(logged[0]!)).toMatchObject({ level: 'error', rqid: 'rq-1', err: { type: 'TypeError' } });
  });

  it.each(['/metal/v1/nothing', '/metal/v1/probe/a/b/c', '/v1/probe/a', '/', '/metall', '/metal/v1'])(
    'metal-go: unknown path %s is 404 in the same form',
    async (path) => {
      const answer = await server.as('nobody').get(path).expect(404);
      expect(errorOf(answer)).toEqual({ statuscode: 404, message: '404: Page Not Found' });
    },
  );

  it('metal-go: a known path with another method is 405, HEAD too', async () => {
    expect(errorOf(await send('put', '/a/power/on').expect(405)).message).toBe('405: Method Not Allowed');
    expect(errorOf(await send('delete', '').expect(405)).statuscode).toBe(405);
    for (const method of ['HEAD', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY']) {
      const answer = await rawHttp(
        server.url,
        `${method} /metal/v1/probe/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(answer, method).toMatch(/^HTTP\/1\.1 405 /);
    }
  });

  it('bytes that are not HTTP are 400 in the same form', async () => {
    const answer = await rawHttp(server.url, 'NONSENSE\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*"\{\\"statuscode\\":400/);
  });

  it('path tricks get 4xx', async () => {
    const paths = ['/metal/v1/probe/%zz', '/metal/v1/probe/%', '/metal/v1/../../etc/passwd', '/metal/v1/probe/%ff'];
    for (const path of [...paths, `/metal/v1/probe/${'a'.repeat(6000)}`, '*', 'http://x/y', '//', '/%2e%2e/x']) {
      const answer = await rawHttp(server.url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(answer, path).toMatch(/^HTTP\/1\.1 4\d\d [^]*"\{\\"statuscode\\":4/);
    }
    await send('get', '/%00').expect(200); // a NUL never reaches a database key
  });
});

describe('media types', () => {
  const raw = (type: string | undefined, body: string) => {
    const request = send('post', '');
    return (type === undefined ? request : request.set('Content-Type', type)).send(body);
  };

  it.each([JSON_TYPE, 'application/json; charset=utf-8', 'Application/JSON'])(
    'metal-python: %s is taken',
    async (type) => void (await raw(type, '{"id":"a"}').expect(200)),
  );

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense'])(
    '%s is 415',
    async (type) => expect(errorOf(await raw(type, '{"id":"a"}').expect(415)).message).toContain('Unsupported Media'),
  );

  it('metalctl: POST without type and body is 415, which is why it sends []', async () => {
    await send('post', '/a/power/on').expect(415);
    await send('post', '/a/power/on').set('Content-Type', JSON_TYPE).send('[]').expect(200);
  });

  it('deprecated free routes take POST without a type', () => send('post', '/free/a').expect(200));
  it('GET and DELETE are accepted without a type', async () => {
    await send('get', '/a').expect(200);
    await send('delete', '/a').expect(200);
  });

  it.each(['*/*', 'application/json', 'text/html, application/json;q=0.1', 'text/html,*/*;q=0.8'])(
    'Accept %s is served',
    async (accept) => void (await send('get', '/a').set('Accept', accept).expect(200)),
  );

  it('Accept without JSON is 406, still as a JSON string', async () => {
    const answer = await send('get', '/a').set('Accept', 'text/html').buffer(true).expect(406);
    expect(answer.text).toContain('406: Not Acceptable\\\\n\\\\nAvailable representations: application/json');
  });

  it('responses are JSON without a charset', async () =>
    expect((await send('get', '/a')).headers['content-type']).toBe(JSON_TYPE));
});

describe('bodies', () => {
  const post = (body: string | Buffer) =>
    send('post', '')
      .set('Content-Type', JSON_TYPE)
      .send(body as string);

  it.each(['', '[]', '{}', 'null', '"x"', '{"broken'])(
    'metal-go HEAD ([]), metal-python ({}), metalctl v0.9.2 (empty): power routes take the body %j',
    async (body) => void (await send('post', '/a/power/on').set('Content-Type', JSON_TYPE).send(body).expect(200)),
  );

  it('metal-python: DELETE has the body {}', () => send('delete', '/a').send({}).expect(200));

  it('metalctl console: GET reads a body', async () => {
    const answer = await send('get', '/consolepassword').set('Content-Type', JSON_TYPE).send({ id: 'a' }).expect(200);
    expect(answer.body).toEqual({ id: 'a' });
    expect(errorOf(await send('get', '/consolepassword').expect(400)).message).toBe('EOF');
  });

  it('Go clients: names in any case, null as absent, unknown fields ignored', async () => {
    const answer = await post('{"ID":"a","Tags":null,"more":1} trailing').expect(200);
    expect(answer.body).toEqual({ id: 'a' });
  });

  it('an empty body is 400 EOF if a body is required', async () =>
    expect(errorOf(await post('').expect(400)).message).toBe('EOF'));

  it.each([
    ['{', 'unexpected EOF'],
    ['{"id":5}', 'field "id" must be a string, got 5'],
    ['[{"id":"a"}]', 'the body must be an object, got an array'],
    ['{"asn":1.5}', 'field "asn"'],
  ])('%s is 400 and never reaches the handler', async (body, message) => {
    const before = ProbeController.calls;
    expect(errorOf(await post(body).expect(400)).message).toContain(message);
    expect(ProbeController.calls).toBe(before);
  });

  it('creation returns 201', () => send('put', '').send({ id: 'a' }).expect(201));

  it('a body over the limit is 413, announced or streamed', async () => {
    const big = JSON.stringify({ id: 'x'.repeat(10 * 1024 * 1024) });
    const announced = await rawHttp(
      server.url,
      `POST /metal/v1/probe HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${JSON_TYPE}\r\nContent-Length: ${big.length}\r\n${signed('viewer', 'POST')}\r\n`,
    );
    expect(announced).toMatch(/^HTTP\/1\.1 413 [^]*"\{\\"statuscode\\":413[^]*8388608/);
    const streamed = await fetch(`${server.url}/metal/v1/probe`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, ...hmacHeaders('viewer', 'POST') },
      body: new Blob([big]).stream(),
      duplex: 'half',
    }).then(
      ({ status }) => status,
      () => 413,
    ); // the server may hang up while the client still sends
    expect(streamed).toBe(413);
    await send('get', '/a').expect(200);
  });
});

describe('compressed requests', () => {
  const compressed = (encoding: string, body: Buffer) =>
    fetch(`${server.url}/metal/v1/probe`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, 'content-encoding': encoding, ...hmacHeaders('viewer', 'POST') },
      body: new Uint8Array(body),
    });

  it.each([
    ['gzip', gzipSync('{"id":"packed"}')],
    ['deflate', deflateSync('{"id":"packed"}')],
    ['identity', Buffer.from('{"id":"packed"}')],
  ])('%s is decompressed', async (encoding, body) =>
    expect(await (await compressed(encoding, body)).json()).toEqual({ id: 'packed' }),
  );

  it('a decompression bomb is 413', async () => {
    const answer = await compressed('gzip', gzipSync(Buffer.alloc(200 * 1024 * 1024, ' ')));
    expect(answer.status).toBe(413);
  });

  it('a body that is not compressed is 400, an unknown encoding 415', async () => {
    expect((await compressed('gzip', Buffer.from('plain'))).status).toBe(400);
    expect((await compressed('br', Buffer.from('x'))).status).toBe(415);
  });
});

describe('paths', () => {
  it.each([
    ['delete', '//free'],
    ['post', '//power/on'],
    ['get', '//'],
    ['get', '//a'],
    ['get', '/%2Fa'],
  ] as const)('an empty id makes no other route of it: %s %s', async (method, path) => {
    expect(errorOf(await send(method, path).send({}).expect(404)).message).toBe('404: Page Not Found');
  });

  it('one trailing slash and double slashes make no difference', async () => {
    await send('get', '/a/').expect(200);
    const answer = await server.as('viewer').get('/metal//v1//probe/a').expect(200);
    expect(answer.body).toEqual({ id: 'a' });
    await server.as('viewer').post('//metal/v1/probe/').send({ id: 'a' }).expect(200);
  });

  it.each([
    ['2001:db8::1', '2001:db8::1'],
    ['2001%3Adb8%3A%3A1', '2001:db8::1'],
    ['a%20b', 'a b'],
    ['ubuntu-20.04', 'ubuntu-20.04'],
    ['__proto__', '__proto__'],
  ])('the parameter %s is decoded to %s', async (text, id) =>
    expect((await send('get', `/${text}`).expect(200)).body).toEqual({ id }),
  );

  it('an escaped slash separates segments, as in Go', () => send('get', '/a%2Fb').expect(404));

  it('queries: empty means unset, invalid values are 400', async () => {
    expect((await send('get', '/query?force=true&name=')).body).toEqual({ force: true });
    expect((await send('get', '/query?force=')).body).toEqual({ force: false });
    expect(errorOf(await send('get', '/query?force=perhaps').expect(400)).message).toContain('"force"');
    expect((await send('get', '/query?name=a&name=b')).body).toEqual({ force: false, name: 'b' });
  });
});

describe('request ids', () => {
  it('are taken from the request, or else generated, and returned', async () => {
    expect((await send('get', '/a').set('X-Request-Id', 'mine')).headers['x-request-id']).toBe('mine');
    expect((await send('get', '/a')).headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect((await send('get', '/a').set('X-Request-Id', 'x'.repeat(500))).headers['x-request-id']).toHaveLength(36);
  });
});

describe('CORS for dashboards', () => {
  it('answers preflight requests without credentials, including HMAC headers', async () => {
    const answer = await fetch(`${server.url}/metal/v1/probe/a`, {
      method: 'OPTIONS',
      headers: { origin: 'https://ui.example', 'access-control-request-method': 'DELETE' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://ui.example');
    expect(answer.headers.get('access-control-allow-methods')).toContain('DELETE');
    for (const name of ['Authorization', 'X-Date', 'X-Data-Salt', 'Content-Type']) {
      expect(answer.headers.get('access-control-allow-headers')).toContain(name);
    }
  });

  it('exposes responses, including errors, to allowed origins', async () => {
    const answer = await send('get', '/fail/not-found').set('Origin', 'https://ui.example');
    expect(answer.headers['access-control-allow-origin']).toBe('https://ui.example');
  });

  it('returns 404 to OPTIONS for an unknown path', async () =>
    expect((await fetch(`${server.url}/metal/v1/nothing`, { method: 'OPTIONS' })).status).toBe(404));
});
