import { Controller, Get, Module } from '@nestjs/common';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiToken } from '../../src/platform/auth/token/api-token.js';
import { errorOf, startTestApp } from '../support/app.js';
import type { TestApp } from '../support/app.js';
import { hmacHeaders } from '../support/hmac.js';

const TOKEN_KEY = 'a-token-key-only-for-tests';

let server: TestApp;
beforeAll(async () => {
  server = await startTestApp({ METAL_API_TOKEN_KEY: TOKEN_KEY });
});
afterAll(() => server.close());

const get = (path: string, headers: Record<string, string> = {}) => supertest(server.url).get(path).set(headers);

describe('GET /v1/user/me', () => {
  it.each([
    ['viewer', 'Metal-View', 'metal-view@metal-stack.io', ['k8s_kaas-view', 'maas-all-all-view']],
    ['editor', 'Metal-Edit', 'metal-edit@metal-stack.io', ['k8s_kaas-edit', 'maas-all-all-edit']],
    ['admin', 'Metal-Admin', 'metal-admin@metal-stack.io', ['k8s_kaas-admin', 'maas-all-all-admin']],
  ] as const)('tells the %s of HMAC who it is', async (role, Name, EMail, Groups) => {
    const { body } = await server.as(role).get('/v1/user/me').expect(200);
    expect(body).toEqual({ EMail, Name, Groups, Tenant: 'metal-stack', Issuer: '', Subject: '' });
  });

  it('rejects guests', async () => {
    const response = await server.as('nobody').get('/v1/user/me').expect(403);
    expect(errorOf(response)).toEqual({ statuscode: 403, message: expect.stringContaining('tenant  not allowed') });
  });
});

describe('credentials', () => {
  const signed = () => hmacHeaders('admin', 'GET');

  it.each([
    ['a wrong signature', () => ({ ...signed(), Authorization: `Metal-Admin ${'0'.repeat(64)}` }), 'Wrong HMAC found'],
    ['no date', () => ({ ...signed(), 'X-Date': '' }), 'unknown timestamp "" in "X-Date" header, use RFC3339: '],
    [
      'an old date',
      () => hmacHeaders('admin', 'GET', Date.now() - 120_000),
      'the timestamp in your header is too old: ',
    ],
    ['a future date', () => hmacHeaders('admin', 'GET', Date.now() + 120_000), 'too far in the future'],
    ['another method', () => hmacHeaders('admin', 'POST'), 'Wrong HMAC found'],
    ['a malformed bearer token', () => ({ Authorization: 'Bearer abc' }), 'error parsing token: '],
  ])('with %s are rejected, even on open routes', async (_, headers, message) => {
    for (const path of ['/v1/user/me', '/v1/health', '/v1/version']) {
      expect(errorOf(await get(path, headers()).expect(403)).message).toContain(message);
    }
  });

  it.each(['Basic abc', 'Metal-Admin', 'Metal-Admin a b', 'metal-admin abc', 'Bearer'])(
    '"%s" is no credential: a guest',
    async (Authorization) => {
      await get('/v1/version', { Authorization }).expect(200);
      expect(errorOf(await get('/v1/user/me', { Authorization }).expect(403)).message).toContain('tenant  not allowed');
    },
  );

  it('for a write can be used for one write only', async () => {
    const headers = hmacHeaders('admin', 'DELETE');
    const path = '/v1/user/token/00000000-0000-4000-8000-000000000001';
    await supertest(server.url).delete(path).set(headers).expect(200);
    const again = await supertest(server.url).delete(path).set(headers).expect(403);
    expect(errorOf(again).message).toContain('this signature was used before');
  });

  it('of the HMAC types belong to the configured provider tenant', async () => {
    const other = await startTestApp({ METAL_API_PROVIDER_TENANT: 'Acme' });
    try {
      const { body } = await other.as('viewer').get('/v1/user/me').expect(200);
      expect(body).toMatchObject({ Tenant: 'Acme' });
    } finally {
      await other.close();
    }
  });
});

@Controller('v1/forgotten')
class ForgottenController {
  @Get()
  get(): string {
    return 'open to everybody';
  }
}

@Module({ controllers: [ForgottenController] })
class ForgottenModule {}

describe('a route without a required role', () => {
  it('rejects all callers, even admins', async () => {
    const other = await startTestApp({}, { modules: [ForgottenModule] });
    try {
      const response = await other.as('admin').get('/v1/forgotten').expect(500);
      expect(errorOf(response).message).not.toContain('open to everybody');
      await other.as('nobody').get('/v1/forgotten').expect(500);
    } finally {
      await other.close();
    }
  });
});

describe('API tokens', () => {
  const make = (role: 'viewer' | 'editor' | 'admin', lifetime = 60_000, now = Date.now()) =>
    createApiToken(TOKEN_KEY, { subject: 'robot', role, lifetime }, now);
  const bearer = (text: string) => ({ Authorization: `bearer ${text}` });

  it('have the role that they name', async () => {
    const [text, { id }] = make('editor');
    const { body } = await get('/v1/user/me', bearer(text)).expect(200);
    const Groups = ['k8s_kaas-edit', 'maas-all-all-edit'];
    expect(body).toEqual({
      EMail: '',
      Name: 'robot',
      Groups,
      Tenant: 'metal-stack',
      Issuer: 'metal-api',
      Subject: 'robot',
    });
    expect(errorOf(await get('/v1/user/token', bearer(text)).expect(403)).message).toContain('not member in one of');
    const { body: list } = await server.as('admin').get('/v1/user/token').expect(200);
    expect(list).toContainEqual(expect.objectContaining({ id, subject: 'robot', role: 'editor' }));
    expect(JSON.stringify(list)).not.toContain(text.split('.')[2]);
  });

  it('are rejected once revoked, used before or not', async () => {
    for (const use of [true, false]) {
      const [text, { id }] = make('viewer');
      if (use) await get('/v1/user/me', bearer(text)).expect(200);
      const { body } = await server.as('admin').delete(`/v1/user/token/${id}`).expect(200);
      expect(body.revoked).toMatch(/^20/);
      expect(errorOf(await get('/v1/user/me', bearer(text)).expect(403)).message).toBe(`the token ${id} was revoked`);
      const { body: again } = await server.as('admin').delete(`/v1/user/token/${id}`).expect(200);
      expect(again.revoked).toBe(body.revoked);
    }
  });

  it('are revoked by ID only', async () => {
    const response = await server.as('admin').delete('/v1/user/token/robot').expect(400);
    expect(errorOf(response).message).toContain('"robot"');
    await server.as('editor').delete('/v1/user/token/robot').expect(403);
  });

  it('are rejected if expired, foreign or valid for too long', async () => {
    const [expired] = make('admin', 1000, Date.now() - 10_000);
    const [foreign] = createApiToken(
      'another-key-altogether',
      { subject: 's', role: 'admin', lifetime: 60_000 },
      Date.now(),
    );
    const [endless] = make('admin', 400 * 24 * 3600_000);
    for (const text of [expired, foreign, endless]) {
      expect(errorOf(await get('/v1/user/me', bearer(text)).expect(403)).message).toContain('the token is not valid: ');
    }
  });
});
