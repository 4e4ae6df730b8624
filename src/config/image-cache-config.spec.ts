import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatByteSize, parseByteSize } from './byte-size.js';
import { loadImageCacheConfig } from './image-cache-config.js';

const folder = mkdtempSync(join(tmpdir(), 'metal-image-cache-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const API = {
  METAL_API_IMAGE_CACHE_METAL_API_ENDPOINT: 'https://api.example.com/metal',
  METAL_API_IMAGE_CACHE_METAL_API_HMAC: 'a-key',
};
const load = (variables: Record<string, string> = {}, flags: Record<string, string> = {}) =>
  loadImageCacheConfig(flags, { ...API, ...variables });
const violations = (variables: Record<string, string>): string[] => {
  try {
    load(variables);
    return [];
  } catch (error) {
    return [...(error as { violations: string[] }).violations];
  }
};
const yaml = (text: string): string => {
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, text);
  return path;
};

describe('loadImageCacheConfig', () => {
  it('has the defaults of the existing service', () =>
    expect(load()).toMatchObject({
      api: { url: 'https://api.example.com/metal/', hmac: 'a-key' },
      store: { kind: 'https' },
      schedule: '*/10 * * * *',
      dryRun: false,
      limits: { maxCacheSize: 10_000_000_000, minPerName: 3, maxPerName: -1 },
      graceDays: 0,
      excludes: ['/pull_requests/'],
      root: '/var/lib/metal-image-cache-sync',
      caches: {
        images: { listen: { host: '0.0.0.0', port: 3000 }, peers: [] },
        kernels: { listen: { host: '0.0.0.0', port: 3001 }, peers: [] },
        'boot-images': { listen: { host: '0.0.0.0', port: 3002 }, peers: [] },
      },
    }));

  it('wants the API and its key', () =>
    expect(() => loadImageCacheConfig({}, {})).toThrow(/METAL_API_ENDPOINT is not set[^]*METAL_API_HMAC is not set/));

  it('reads flag, variable, former variable and file, in this order', () => {
    const config = yaml('max-cache-size: 1G\nmin-images-per-name: 1\nschedule: "0 * * * *"\nexcludes: [/a/, /b/]\n');
    const variables = {
      METAL_IMAGE_CACHE_SYNC_MAX_CACHE_SIZE: '2G',
      METAL_IMAGE_CACHE_SYNC_MIN_IMAGES_PER_NAME: '2',
      METAL_API_IMAGE_CACHE_MAX_CACHE_SIZE: '3G',
    };
    expect(load(variables, { config })).toMatchObject({
      limits: { maxCacheSize: 3e9, minPerName: 2 },
      schedule: '0 * * * *',
      excludes: ['/a/', '/b/'],
    });
    expect(load(variables, { config, 'max-cache-size': '4G' }).limits.maxCacheSize).toBe(4e9);
  });

  it('reads the settings of the first release', () =>
    expect(
      load({
        METAL_IMAGE_CACHE_SYNC_BIND_ADDRESS: '127.0.0.1:3000',
        METAL_IMAGE_CACHE_SYNC_ROOT_PATH: '/var/lib/metal-image-cache-sync/images',
      }),
    ).toMatchObject({
      root: '/var/lib/metal-image-cache-sync',
      caches: { images: { listen: { host: '127.0.0.1', port: 3000 } } },
    }));

  it('reads config.yaml in the home folder', () => {
    mkdirSync(join(folder, '.metal-image-cache-sync'));
    writeFileSync(join(folder, '.metal-image-cache-sync', 'config.yaml'), 'expiration-grace-period: 7\n');
    expect(load({ HOME: folder }).graceDays).toBe(7);
  });

  it('leaves out a cache that is disabled', () =>
    expect(Object.keys(load({ METAL_IMAGE_CACHE_SYNC_ENABLE_KERNEL_CACHE: 'false' }).caches)).toEqual([
      'images',
      'boot-images',
    ]));

  it('knows S3 by host, with the bucket before it, and by URL, with the bucket in the path', () => {
    expect(load({ METAL_API_IMAGE_CACHE_IMAGE_STORE: 'metal-stack.io' }).store).toMatchObject({
      kind: 's3',
      endpoint: 'https://metal-stack.io',
      baseUrl: 'https://images.metal-stack.io/',
    });
    expect(load({ METAL_API_IMAGE_CACHE_IMAGE_STORE: 'http://127.0.0.1:9000/' }).store).toMatchObject({
      pathStyle: true,
      baseUrl: 'http://127.0.0.1:9000/images/',
    });
  });

  it('takes peers by host and port, or by URL', () => {
    expect(
      load({ METAL_API_IMAGE_CACHE_IMAGE_CACHE_PEERS: '10.0.0.2:3000, http://b:80/' }).caches.images?.peers,
    ).toEqual(['http://10.0.0.2:3000/', 'http://b:80/']);
    expect(violations({ METAL_API_IMAGE_CACHE_IMAGE_CACHE_PEERS: 'b' })).toHaveLength(1);
  });

  it.each([
    ['MAX_IMAGES_PER_NAME', '0'],
    ['MIN_IMAGES_PER_NAME', '0'],
    ['MAX_CACHE_SIZE', '0'],
    ['MAX_CACHE_SIZE', 'much'],
    ['SCHEDULE', 'always'],
    ['SCHEDULE', '* * * * * *'],
    ['IMAGE_CACHE_BIND_ADDRESS', 'host'],
    ['IMAGE_CACHE_BIND_ADDRESS', ':70000'],
    ['FALLBACK_URL', 'ftp://x'],
    ['IMAGE_STORE_URL', 'https://user:secret@x/'],
    ['IMAGE_STORE', 'no host'],
    ['METAL_API_ENDPOINT', 'api.example.com'],
    ['METAL_API_HMAC_FILE', '/does/not/exist'],
    ['CONFIG', '/does/not/exist'],
    ['MAX_SHRINK_PERCENT', '101'],
  ])('refuses %s=%s', (name, value) => {
    const rest: Record<string, string> =
      name === 'METAL_API_HMAC_FILE' ? { METAL_API_IMAGE_CACHE_METAL_API_HMAC: '' } : {};
    expect(violations({ [`METAL_API_IMAGE_CACHE_${name}`]: value, ...rest })).toHaveLength(1);
  });

  it.each(['- a', 'a: {b: 1}', 'a: [1]', '"', 'text'])('refuses the file %j', (text) =>
    expect(violations({ METAL_API_IMAGE_CACHE_CONFIG: yaml(text) })).toHaveLength(1),
  );
});

describe('sizes', () => {
  it.each([
    ['10G', 10_000_000_000],
    ['100GB', 100_000_000_000],
    ['1.5k', 1500],
    ['1Mi', 1_048_576],
    ['123', 123],
  ])('%s is %i bytes', (text, bytes) => expect(parseByteSize(text)).toBe(bytes));

  it.each(['', 'G', '-1', '1X', '1i', '1e3', '99999999999T'])('%j is not a size', (text) =>
    expect(parseByteSize(text)).toBeUndefined(),
  );

  it('are shown with three digits', () =>
    expect([0, 999, 1000, 1_500_000_000, 99_900_000_000].map(formatByteSize)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '1.50 GB',
      '99.9 GB',
    ]));
});
