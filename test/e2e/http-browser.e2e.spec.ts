import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { hmacHeaders } from '../support/hmac.js';
import { rawHttp } from '../support/raw-http.js';

const KEYS = {
  METAL_API_DEV: 'false',
  METAL_API_HMAC_VIEW_KEY: 'view-key-of-sixteen',
  METAL_API_HMAC_EDIT_KEY: 'edit-key-of-sixteen',
  METAL_API_HMAC_ADMIN_KEY: 'admin-key-of-sixteen',
  METAL_API_TOKEN_KEY: 'token-key-of-sixteen',
};

let dev: TestApp;
let production: TestApp;
let open: TestApp;
beforeAll(async () => {
  dev = await startTestApp({ METAL_API_CORS_ORIGINS: 'http://localhost:3000' });
  production = await startTestApp({ ...KEYS, METAL_API_CORS_ORIGINS: 'https://ui.example,https://other.example' });
  open = await startTestApp({ ...KEYS, METAL_API_CORS_ORIGINS: '*' });
});
afterAll(() => Promise.all([dev, production, open].map((server) => server.close())));

/** Status and headers of the response to a request with these header lines. */
async function ask(server: TestApp, target: string, ...headers: string[]): Promise<string> {
  const lines = [...headers, 'Connection: close'].map((header) => `${header}\r\n`).join('');
  return rawHttp(server.url, `${target} HTTP/1.1\r\n${lines}\r\n`);
}

describe('every response', () => {
  it.each([
    ['health', 'GET /v1/health', 200],
    ['a refusal', 'GET /v1/machine', 403],
    ['an unknown path', 'GET /nothing', 404],
    ['a wrong method', 'PUT /v1/health', 405],
    ['a preflight', 'OPTIONS /v1/machine', 200],
    ['the API document', 'GET /apidocs.json', 200],
    ['Swagger UI', 'GET /swagger', 200],
    ['its script', 'GET /swagger/start.js', 200],
    ['what is no request', 'NONSENSE', 400],
  ])('%s forbids browsers to execute, sniff, frame and cache it', async (_, target, status) => {
    const answer = await ask(production, target, 'Host: api.example');
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const wanted = [
      'x-content-type-options: nosniff',
      'cache-control: no-store',
      'cross-origin-resource-policy: same-origin',
    ];
    for (const header of wanted) expect(answer).toContain(header);
    expect(answer).toMatch(/content-security-policy: default-src 'none';[^\r]*frame-ancestors 'none'/);
  });

  it('forbids referrers and access by other pages', async () => {
    const answer = await ask(production, 'GET /swagger', 'Host: api.example');
    const wanted = ['x-frame-options: DENY', 'referrer-policy: no-referrer', 'cross-origin-opener-policy: same-origin'];
    for (const header of wanted) expect(answer).toContain(header);
  });

  it('allows scripts for the Swagger UI page only, and only from this server', async () => {
    const policyOf = async (path: string) =>
      (await fetch(`${production.url}${path}`)).headers.get('content-security-policy')!;
    expect(await policyOf('/swagger')).toContain("script-src 'self';");
    expect(await policyOf('/v1/health')).not.toContain('script-src');
    const page = await (await fetch(`${production.url}/swagger`)).text();
    expect(page).not.toMatch(/<script>|<style|\son\w+=|style=/);
  });

  it('keeps Swagger UI from storing tokens', async () => {
    const start = await (await fetch(`${production.url}/swagger/start.js`)).text();
    expect(start).toContain('persistAuthorization: false');
    expect(start).toContain("localStorage.removeItem('authorized')");
  });
});

describe('CORS', () => {
  it.each([
    ['an allowed origin', 'https://ui.example', true],
    ['another one', 'https://other.example', true],
    ['an unknown origin', 'https://evil.example', false],
    ['another scheme', 'http://ui.example', false],
    ['another port', 'https://ui.example:8443', false],
    ['a longer name', 'https://ui.example.evil.example', false],
    ['no origin at all', 'null', false],
  ])('for %s', async (_, origin, allowed) => {
    for (const target of ['OPTIONS /v1/machine', 'GET /v1/health', 'GET /v1/machine']) {
      const answer = await ask(production, target, 'Host: api.example', `Origin: ${origin}`);
      expect(answer.includes(`access-control-allow-origin: ${origin}`)).toBe(allowed);
      expect(answer).not.toContain('access-control-allow-credentials');
      expect(answer).toContain('vary: Origin');
    }
  });

  it('can be open to any origin', async () => {
    const answer = await ask(open, 'GET /v1/version', 'Host: api.example', 'Origin: https://any.example');
    expect(answer).toContain('access-control-allow-origin: https://any.example');
  });
});

describe('dev mode with its well-known keys', () => {
  const signed = Object.entries(hmacHeaders('admin', 'GET')).map(([name, value]) => `${name}: ${value}`);
  const hostOf = (): string => new URL(dev.url).host;

  it.each([
    'evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '192.168.1.1:8080',
    '0.0.0.0',
    '127.0.0.1.nip.io',
    'localhost@evil',
    '',
  ])('rejects a foreign host name that resolves to loopback: %j', async (host) => {
    const answer = await ask(dev, 'GET /v1/machine', `Host: ${host}`, ...signed);
    expect(answer).toMatch(/^HTTP\/1\.1 403 [^]*only localhost and loopback addresses are served/);
    const absolute = await ask(dev, `GET http://${host || 'x'}/v1/machine`, 'Host: localhost', ...signed);
    expect(absolute).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each(['localhost', 'LOCALHOST:1234', '127.0.0.1', '127.8.9.1:80', '[::1]:8080', 'metal.localhost'])(
    'loopback is served: %s',
    async (host) => expect(await ask(dev, 'GET /v1/machine', `Host: ${host}`, ...signed)).toMatch(/^HTTP\/1\.1 200 /),
  );

  it.each(['https://evil.example', 'null', 'http://localhost:9999', 'http://127.0.0.1', 'file://'])(
    'pages of %s get nothing',
    async (origin) => {
      for (const target of ['GET /v1/machine', 'OPTIONS /v1/machine']) {
        const answer = await ask(dev, target, `Host: ${hostOf()}`, `Origin: ${origin}`, ...signed);
        expect(answer).toMatch(/^HTTP\/1\.1 403 /);
        expect(answer).not.toContain('access-control-allow-origin');
      }
    },
  );

  it('serves its own pages and the configured origins', async () => {
    for (const origin of [`http://${hostOf()}`, 'http://localhost:3000']) {
      const answer = await ask(dev, 'GET /v1/machine', `Host: ${hostOf()}`, `Origin: ${origin}`, ...signed);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('does not accept any origin in its configuration', async () => {
    await expect(startTestApp({ METAL_API_CORS_ORIGINS: '*' })).rejects.toThrow('METAL_API_CORS_ORIGINS is "*"');
  });
});
