import { createHmac, createPublicKey } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { issuersOf } from '../../src/modules/tenant/tenant-issuers.js';
import { TenantService } from '../../src/modules/tenant/tenant.service.js';
import { Issuers } from '../../src/platform/auth/oidc/issuers.js';
import { decodeToken } from '../../src/platform/auth/token/decode.js';
import type { User } from '../../src/platform/auth/user.js';
import { ManualClock } from '../../src/shared/clock.js';
import { errorOf, startTestApp } from '../support/app.js';
import { TestIssuer } from '../support/issuer.js';

const PERSON = {
  preferred_username: 'Kim',
  name: 'Kim Example',
  email: 'kim@example.org',
  groups: ['metal-stack_maas-all-all-edit', 'other_maas-all-all-admin'],
};

let issuer: TestIssuer;
let clock: ManualClock;
let issuers: Issuers;

beforeEach(async () => {
  issuer = await TestIssuer.start('RS256');
  clock = new ManualClock(Date.now());
  const settings = { url: issuer.url, clientId: 'metal', tenant: 'metal-stack', directoryType: 'ldap' };
  issuers = new Issuers(() => [settings], 'metal-stack', clock);
});
afterEach(() => issuer.stop());

const authenticate = (token: string): Promise<User> => issuers.authenticate(token, decodeToken(token));
const sign = (claims: Record<string, unknown> = {}, options = {}) =>
  issuer.sign({ ...PERSON, ...claims }, { now: clock.now(), ...options });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens of an OpenID Connect issuer', () => {
  it("authenticate their holder as a user of the issuer's tenant", async () => {
    expect(await authenticate(await sign())).toEqual({
      name: 'Kim',
      email: 'kim@example.org',
      groups: ['maas-all-all-edit'],
      tenant: 'metal-stack',
      issuer: '',
      subject: '',
    });
  });

  it('prefer roles to groups, and need no user name', async () => {
    const token = await sign({ roles: ['metal-stack_maas-all-all-view', 7], preferred_username: undefined });
    expect(await authenticate(token)).toMatchObject({ name: 'Kim Example', groups: ['maas-all-all-view'] });
    expect(await authenticate(await sign({ roles: [], groups: 'x', email: 3 }))).toMatchObject({
      groups: [],
      email: '',
    });
  });

  it.each([
    ['one role', { roles: 'metal-stack_maas-all-all-view' }, ['maas-all-all-view']],
    ['one group', { groups: 'metal-stack_maas-all-all-admin' }, ['maas-all-all-admin']],
    ['an empty role, then groups', { roles: '', groups: ['metal-stack_maas-all-all-view'] }, ['maas-all-all-view']],
    ['a list of empty roles', { roles: [''], groups: 'metal-stack_maas-all-all-view' }, ['maas-all-all-view']],
    ['a group of another tenant', { groups: 'other_maas-all-all-admin' }, []],
    ['an object', { groups: { a: 'metal-stack_maas-all-all-admin' } }, []],
    ['a number', { roles: 7, groups: 8 }, []],
    ['nothing', { groups: null }, []],
  ])('accept %s', async (_, claims, groups) => {
    expect(await authenticate(await sign(claims))).toMatchObject({ groups });
  });

  it('may name several audiences', async () => {
    await expect(authenticate(await sign({ aud: ['other', 'metal'] }))).resolves.toMatchObject({ name: 'Kim' });
  });

  it.each(['RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'may be signed with %s',
    async (alg) => {
      await issuer.rotate(alg);
      await expect(authenticate(await sign({}, { alg }))).resolves.toMatchObject({ name: 'Kim' });
    },
  );

  it('are rejected if signed with another EdDSA key under the key ID of the issuer', async () => {
    await issuer.rotate('EdDSA');
    const stranger = await TestIssuer.start('EdDSA');
    const { kid } = issuer.published[0]!;
    const token = await stranger.sign({ ...PERSON, iss: issuer.url }, { alg: 'EdDSA', header: { kid } });
    await stranger.stop();
    await expect(authenticate(token)).rejects.toThrow('invalid signature');
  });

  it('are verified with every key if they have no key ID', async () => {
    await issuer.rotate('ES256', 'RS256');
    await expect(authenticate(await sign({}, { header: { kid: undefined } }))).resolves.toMatchObject({ name: 'Kim' });
  });

  it.each([
    ['another audience', { aud: 'other' }, 'issuer/clientid not found'],
    ['no audience', { aud: undefined }, 'issuer/clientid not found'],
    ['another issuer', { iss: 'https://example.org' }, 'issuer/clientid not found'],
    ['no issuer', { iss: undefined }, 'issuer/clientid not found'],
    ['no expiry', { exp: undefined }, 'the token is not valid: it has no expiry'],
    ['an expiry that is no number', { exp: 'never' }, 'the token is not valid: '],
  ])('with %s are rejected', async (_, claims, message) => {
    await expect(authenticate(await sign(claims))).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining(message),
    });
  });

  it('are valid until they expire, and from five minutes before nbf', async () => {
    const now = Math.floor(clock.now() / 1000);
    const token = await sign({ nbf: now + 200, exp: now + 400 });
    await expect(authenticate(token)).resolves.toBeDefined();
    await expect(authenticate(await sign({ nbf: now + 400 }))).rejects.toThrow('jwt not active');
    clock.advance(401_000);
    await expect(authenticate(token)).rejects.toThrow('the token is not valid: jwt expired');
  });
});

describe('forged tokens', () => {
  it('are rejected if unsigned', async () => {
    const token = new UnsecuredJWT({ ...PERSON, iss: issuer.url, aud: 'metal', exp: 4e9 }).encode();
    await expect(authenticate(token)).rejects.toThrow('unexpected signature algorithm "none"');
  });

  it('are rejected if signed by HS256 with the public key as secret', async () => {
    const [jwk] = issuer.published;
    const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const content = `${part({ alg: 'HS256', kid: jwk!.kid })}.${part({ ...PERSON, iss: issuer.url, aud: 'metal', exp: 4e9 })}`;
    const signature = createHmac('sha256', pem).update(content).digest('base64url');
    await expect(authenticate(`${content}.${signature}`)).rejects.toThrow('unexpected signature algorithm "HS256"');
  });

  it('are rejected if claims were changed', async () => {
    const [header, , signature] = (await sign()).split('.');
    const claims = part({ ...PERSON, name: 'Eve', iss: issuer.url, aud: 'metal', exp: 4e9 });
    await expect(authenticate(`${header}.${claims}.${signature}`)).rejects.toThrow('invalid signature');
  });

  it('are rejected if signed by another key under the key ID of the issuer', async () => {
    const stranger = await TestIssuer.start('RS256');
    const { kid } = issuer.published[0]!;
    const token = await stranger.sign({ ...PERSON, iss: issuer.url }, { header: { kid } });
    await stranger.stop();
    await expect(authenticate(token)).rejects.toThrow('invalid signature');
  });

  it('are rejected if the algorithm is not that of the named key', async () => {
    await issuer.rotate('RS256', 'PS256');
    const { kid } = issuer.published.find(({ alg }) => alg === 'PS256')!;
    await expect(authenticate(await sign({}, { header: { kid } }))).rejects.toThrow('the issuer has no RS256 key');
  });
});

describe('keys of an issuer', () => {
  const fetches = () => issuer.requests.get('/keys') ?? 0;

  it('are fetched on first use, once for concurrent requests, and cached', async () => {
    const token = await sign();
    expect(fetches()).toBe(0);
    await Promise.all(Array.from({ length: 20 }, () => authenticate(token)));
    await authenticate(token);
    expect(fetches()).toBe(1);
  });

  it('are fetched again for an unknown key ID (rotation)', async () => {
    await authenticate(await sign());
    await issuer.rotate('RS256');
    clock.advance(10_000);
    await expect(authenticate(await sign())).resolves.toMatchObject({ name: 'Kim' });
    expect(fetches()).toBe(2);
  });

  it('are fetched at most every ten seconds, whatever tokens arrive', async () => {
    await authenticate(await sign());
    for (let n = 0; n < 10; n++) {
      const unknown = await sign({}, { header: { kid: `unknown-${n}` } });
      await expect(authenticate(unknown)).rejects.toThrow('the issuer has no RS256 key');
    }
    expect(fetches()).toBe(1);
    clock.advance(10_000);
    await Promise.all(
      ['a', 'b', 'c'].map(async (kid) => expect(authenticate(await sign({}, { header: { kid } }))).rejects.toThrow()),
    );
    expect(fetches()).toBe(2);
  });

  it('are no longer used after the issuer has withdrawn them', async () => {
    const token = await sign({ exp: Math.floor(clock.now() / 1000) + 3600 });
    await authenticate(token);
    await issuer.rotate('RS256');
    clock.advance(10 * 60_000 + 1);
    await authenticate(token); // still answered with the known keys while new ones are fetched
    await expect.poll(async () => authenticate(token).catch((error: Error) => error.message)).toContain('no RS256 key');
  });

  it('remain in use while the issuer is unavailable', async () => {
    const token = await sign({ exp: Math.floor(clock.now() / 1000) + 3600 });
    await authenticate(token);
    issuer.failWith = 500;
    clock.advance(10 * 60_000 + 1);
    await authenticate(token);
    await expect.poll(() => issuer.requests.get('/.well-known/openid-configuration')).toBe(2);
    await expect(authenticate(token)).resolves.toBeDefined();
  });

  it('cause rejections while they cannot be fetched, and are retried later', async () => {
    issuer.failWith = 503;
    const token = await sign();
    await expect(authenticate(token)).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(/^the keys of issuer http.* cannot be fetched: .* responded with status 503$/),
    });
    issuer.failWith = undefined;
    clock.advance(10_000);
    await expect(authenticate(token)).resolves.toBeDefined();
  });

  it.each([
    [
      'another issuer in the discovery document',
      { issuer: 'https://example.org' },
      'is of issuer "https://example.org"',
    ],
    ['no key set', { jwks_uri: undefined }, 'has no jwks_uri'],
    ['a key set that cannot be fetched', { jwks_uri: 'http://127.0.0.1:1/' }, 'cannot be fetched: '],
  ])('are not accepted with %s', async (_, discovery, message) => {
    issuer.discovery = discovery;
    await expect(authenticate(await sign())).rejects.toThrow(message);
  });
});

describe('the server', () => {
  it('serves holders of valid tokens of the provider tenant in their role, and no other tenant', async () => {
    const settings = { url: issuer.url, directoryType: 'ldap' };
    const server = await startTestApp({
      METAL_API_OIDC_ISSUERS: JSON.stringify([
        { ...settings, clientId: 'metal', tenant: 'metal-stack' },
        { ...settings, clientId: 'customer', tenant: 'acme' },
      ]),
    });
    const get = (path: string, token: string) =>
      supertest(server.url).get(path).set('Authorization', `Bearer ${token}`);
    try {
      const { body } = await get('/v1/user/me', await sign()).expect(200);
      const person = { EMail: 'kim@example.org', Name: 'Kim', Issuer: '', Subject: '' };
      expect(body).toEqual({ ...person, Groups: ['maas-all-all-edit'], Tenant: 'metal-stack' });
      await get('/v1/user/token', await sign()).expect(403);
      const customer = await sign({ aud: 'customer', groups: ['acme_maas-all-all-admin'] });
      expect(errorOf(await get('/v1/user/me', customer).expect(403)).message).toBe('tenant acme not allowed');
      await get('/v1/version', customer).expect(200);
      const expired = await sign({ exp: 1 });
      expect(errorOf(await get('/v1/version', expired).expect(403)).message).toContain('jwt expired');
    } finally {
      await server.close();
    }
  });

  it("trusts the issuer named by the operator's tenant, immediately and only as long as it is named", async () => {
    const server = await startTestApp();
    const whoami = async () =>
      supertest(server.url)
        .get('/v1/user/me')
        .set('Authorization', `Bearer ${await sign()}`);
    const name = async (version: number, url: string | undefined) => {
      const iam_config = url && { issuer_config: { url, client_id: 'metal' }, idm_config: { idm_type: 'LDAP' } };
      const body = { meta: { id: 'metal-stack', version }, name: 'operator', iam_config };
      await server.as('admin').post('/v1/tenant').send(body).expect(200);
    };
    try {
      expect(errorOf(await whoami()).message).toBe('issuer/clientid not found');
      await name(0, issuer.url);
      expect((await whoami()).body).toMatchObject({
        Name: 'Kim',
        Groups: ['maas-all-all-edit'],
        Tenant: 'metal-stack',
      });
      await name(1, undefined);
      expect((await whoami()).status).toBe(403);
    } finally {
      await server.close();
    }
  });

  it('trusts no issuer of another tenant, and none over plain HTTP', async () => {
    const server = await startTestApp();
    const iam_config = { issuer_config: { url: issuer.url, client_id: 'metal' }, idm_config: { idm_type: 'LDAP' } };
    try {
      await server
        .as('admin')
        .put('/v1/tenant')
        .send({ meta: { id: 'acme' }, iam_config })
        .expect(201);
      const answer = await supertest(server.url)
        .get('/v1/version')
        .set('Authorization', `Bearer ${await sign()}`);
      expect(answer.status).toBe(403);
      const tenant = { ...server.app.get(TenantService).get('acme'), id: 'metal-stack' };
      expect(issuersOf(tenant)).toHaveLength(1);
      const issuerOf = (url: string, clientId = 'c') => issuersOf({ ...tenant, iam: { issuer: { url, clientId } } });
      expect([issuerOf('http://example.org'), issuerOf('https://example.org', ''), issuerOf('')]).toEqual([[], [], []]);
    } finally {
      await server.close();
    }
  });
});
