import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { loadConfig } from './config.js';
import { parseDuration } from './environment.js';

const keys = {
  METAL_API_HMAC_VIEW_KEY: 'view-key-of-sixteen',
  METAL_API_HMAC_EDIT_KEY: 'edit-key-of-sixteen',
  METAL_API_HMAC_ADMIN_KEY: 'admin-key-of-sixteen',
};

const violations = (variables: Record<string, string>): readonly string[] => {
  try {
    loadConfig(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.violations;
    throw error;
  }
};

describe('loadConfig', () => {
  it('requires only HMAC keys', () => {
    const config = loadConfig(keys);
    expect(config).toMatchObject({
      dev: false,
      http: { host: '127.0.0.1', port: 8080, basePath: '/' },
      store: { engine: 'embedded' },
    });
    expect(config.auth.hmac.admin.lifetime).toBe(90_000);
    expect(Object.isFrozen(config.http)).toBe(true);
  });

  it('reports all violations at once', () => {
    const found = violations({
      ...keys,
      METAL_API_PORT: '99999',
      METAL_API_BASE_PATH: 'me tal',
      METAL_API_DB: 'mysql',
    });
    expect(found).toHaveLength(3);
    expect(found.join('\n')).toContain('METAL_API_PORT is "99999"');
  });

  it.each([
    ['/', '/'],
    ['', '/'],
    ['//', '/'],
    ['/metal/', '/metal/'],
    ['/metal', '/metal/'],
    ['metal/', '/metal/'],
    ['metal', '/metal/'],
    ['cloud/metal-api_v1.0', '/cloud/metal-api_v1.0/'],
    ['///metal///', '/metal/'],
  ])('normalizes the base path "%s" to %s', (given, basePath) => {
    expect(loadConfig({ ...keys, METAL_API_BASE_PATH: given }).http.basePath).toBe(basePath);
  });

  it.each(['/a b/', '/:id/', '/a//b/', '/../x', 'a/./b', '/a?b', '/#', '/*', 'http://x/metal', '/ä/', '/a\u0007'])(
    'rejects the base path %j',
    (given) => {
      const found = violations({ ...keys, METAL_API_BASE_PATH: given });
      expect(found).toEqual([expect.stringMatching(/^METAL_API_BASE_PATH is .*, expected a path/)]);
    },
  );

  it('rejects missing, well-known and short HMAC keys without repeating them', () => {
    const found = violations({ METAL_API_HMAC_VIEW_KEY: 'must-be-changed', METAL_API_HMAC_EDIT_KEY: 'short!' });
    expect(found).toHaveLength(3);
    expect(found.join()).not.toContain('short!');
  });

  it('disables features whose service has no address, and otherwise requires all of their settings', () => {
    expect(loadConfig(keys)).toMatchObject({ s3: undefined, headscale: undefined, auditing: { enabled: false } });
    expect(violations({ ...keys, METAL_API_S3_ADDRESS: 'http://s3' })).toHaveLength(1);
    expect(violations({ ...keys, METAL_API_S3_ADDRESS: 'no url' })).toHaveLength(2);
    expect(violations({ ...keys, METAL_API_HEADSCALE_ADDR: 'headscale:8080' })).toHaveLength(1);
    const variables = { METAL_API_HEADSCALE_ADDR: 'headscale:8080', METAL_API_HEADSCALE_API_KEY: 'key' };
    const url = 'http://headscale:8080';
    expect(loadConfig({ ...keys, ...variables }).headscale).toEqual({ url, controlPlane: url, apiKey: 'key' });
  });

  it.each(['v0.18', 'v1.2.3rc1', 'v1.2.3.4', 'latest'])('rejects the client version %s', (version) => {
    const variable = 'METAL_API_MINIMUM_CLIENT_VERSION';
    expect(violations({ ...keys, [variable]: version })).toEqual([expect.stringContaining(`is "${version}"`)]);
    expect(violations({ ...keys, [variable]: 'v0.18.0-rc.1' })).toEqual([]);
  });

  it('reads the reserved numbers of pools', () => {
    const { pools } = loadConfig({ ...keys, METAL_API_VRF_RESERVED: '5, 10 - 20,' });
    const vrfReserved = [
      { first: 5n, last: 5n },
      { first: 10n, last: 20n },
    ];
    expect(pools).toEqual({ vrfReserved, asnReserved: [] });
  });

  it.each([
    ...['x', '1-', '5-4', '-3', '1-2-3'].map((entry) => ['METAL_API_ASN_RESERVED', entry]),
    ...['a:b:c', 'db:99999', ':28015', 'db:x'].map((address) => ['METAL_API_DB_ADDR', address]),
  ])('rejects %s=%s', (name, value) => {
    expect(violations({ ...keys, [name]: value })).toEqual([expect.stringContaining(`"${value}"`)]);
  });

  it.each(['::::', 'nats://a,nats://me:secret@b c'])('rejects the broker %s without revealing passwords', (url) => {
    const told = violations({ ...keys, METAL_API_NATS_URL: url });
    expect(told).toEqual([expect.stringContaining('METAL_API_NATS_URL')]);
    expect(told[0]).not.toContain('secret');
  });

  it.each([
    ['db', 'db', 28015],
    ['db:1', 'db', 1],
    ['[::1]:28016', '::1', 28016],
  ])('parses the database address %s', (address, host, port) => {
    expect(loadConfig({ ...keys, METAL_API_DB_ADDR: address }).store.rethinkdb).toMatchObject({ host, port });
  });

  it('rejects the same key for two HMAC types', () => {
    expect(violations({ ...keys, METAL_API_HMAC_ADMIN_KEY: keys.METAL_API_HMAC_VIEW_KEY })).toHaveLength(1);
  });

  it.each([
    ['https://issuer.example.org', 0],
    ['http://127.0.0.1:5556/dex', 0],
    ['http://issuer.example.org', 1],
    ['issuer', 1],
  ])('checks the issuer URL %s and finds %i violations', (url, count) => {
    const METAL_API_OIDC_ISSUERS = JSON.stringify([{ url, clientId: 'c', tenant: 't' }]);
    expect(violations({ ...keys, METAL_API_OIDC_ISSUERS })).toHaveLength(count);
  });

  it('has well-known keys and requires loopback in dev mode', () => {
    expect(loadConfig({ METAL_API_DEV: 'true' }).auth.hmac.edit.key).toBe('metal-edit');
    expect(violations({ METAL_API_DEV: 'true', METAL_API_BIND_ADDR: '0.0.0.0' })).toHaveLength(1);
    expect(loadConfig({ METAL_API_DEV: 'true' }).metrics.host).toBe('127.0.0.1');
  });

  it('treats empty values as unset', () => {
    expect(loadConfig({ ...keys, METAL_API_PORT: '' }).http.port).toBe(8080);
  });

  it.each([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['250ms', 250],
    ['0', 0],
    ['30', undefined],
    ['-1s', undefined],
  ])('parses the duration %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));
});
