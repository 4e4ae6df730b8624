import { execFileSync, spawn } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { HaProxy } from '../support/haproxy.js';
import { DEV_KEYS } from '../support/hmac.js';
import { ImageCacheProcess } from '../support/image-cache-process.js';
import { ImageOrigin, md5 } from '../support/image-origin.js';
import { installed, searchPath } from '../support/installed.js';
import { Installer } from '../support/installer.js';
import { freePort, freeUdpPort } from '../support/port.js';
import { ServerProcess } from '../support/server-process.js';
import { reportSkipped } from '../support/skipped-suites.js';

const STORE = 'images.metal-stack.io';
const OLD = 'metal-os/ubuntu/24.04/20260101/img.tar.lz4';
const NEW = 'metal-os/ubuntu/24.04/20260202/img.tar.lz4';
const KERNEL = 'metal-stack/kernel/releases/vmlinuz';
const url = (path: string): string => `http://${STORE}/${path}`;
const SIZE = 20_000_000;
/** Bytes per second of a download that something happens in the middle of. */
const SLOW = 10_000_000;

/** A certificate for the store, which is its own authority. */
function certificate(folder: string): { readonly ca: string; readonly tls: { cert: Buffer; key: Buffer } } {
  const [ca, key] = [join(folder, 'store.crt'), join(folder, 'store.key')];
  const names = `subjectAltName=DNS:${STORE},DNS:localhost`;
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...args, '-subj', `/CN=${STORE}`, '-addext', names, '-keyout', key, '-out', ca], {
    stdio: 'pipe',
  });
  return { ca, tls: { cert: readFileSync(ca), key: readFileSync(key) } };
}

const PARTS = ['haproxy', 'curl', 'openssl'];

describe.skipIf(!installed('image caches behind HAProxy', ...PARTS))(
  'a partition with two image caches',
  { shuffle: false },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'metal-image-cache-e2e-'));
    let ca: string;
    let api: ServerProcess;
    let origin: ImageOrigin;
    let caches: [ImageCacheProcess, ImageCacheProcess];
    let haproxy: HaProxy;
    let installer: Installer;
    let originPort: number;

    const bytes = new Map<string, Buffer>();
    /** Whether the store has something that the caches may not have. */
    let isStoreAhead = false;
    const put = (path: string, size = SIZE, checksum = true): void => {
      bytes.set(path, origin.put(path, size, checksum));
      isStoreAhead = true;
    };
    const sync = async (cache: ImageCacheProcess, ...args: string[]): Promise<string> =>
      (await cache.command('sync', ...args)).out;
    const metric = async (cache: ImageCacheProcess, name: string): Promise<number> =>
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await (await fetch(cache.url('metrics'))).text())?.[1]);
    /** Waits until HAProxy knows of each cache of images whether it is up. */
    const health = (...up: boolean[]): Promise<unknown> =>
      eventually('HAProxy sees it', async () => {
        const text = await (await fetch(`http://127.0.0.1:${statistics}/;csv`)).text();
        const state = (name: string) =>
          /,(UP|DOWN)/.exec(text.split('\n').find((line) => line.startsWith(`images,${name}`))!)?.[1];
        return up.every((isUp, at) => state(['local', 'other-1'][at]!) === (isUp ? 'UP' : 'DOWN'));
      });
    let statistics: number;

    beforeAll(async () => {
      const made = certificate(folder);
      ca = made.ca;
      origin = await ImageOrigin.start(made.tls);
      originPort = origin.port;
      put(OLD);
      put(NEW);
      put(KERNEL, 100_000, false);
      api = await ServerProcess.start({ METAL_API_DATA_DIR: join(folder, 'data') });
      const admin = api.rest('admin');
      for (const path of [OLD, NEW])
        await admin.put('v1/image', { id: `ubuntu-24.4.${path.split('/')[3]}`, url: url(path), features: ['machine'] });
      await admin.put('v1/partition', {
        id: 'p',
        bootconfig: { imageurl: url('none.img'), kernelurl: url(KERNEL), commandline: '' },
      });

      const variables = {
        METAL_API_IMAGE_CACHE_METAL_API_ENDPOINT: api.url,
        METAL_API_IMAGE_CACHE_METAL_API_HMAC: DEV_KEYS.viewer,
        METAL_API_IMAGE_CACHE_IMAGE_STORE_URL: origin.url,
        METAL_API_IMAGE_CACHE_ENABLE_BOOT_IMAGE_CACHE: 'false',
        METAL_API_IMAGE_CACHE_ENABLE_KERNEL_CACHE: 'false',
        NODE_EXTRA_CA_CERTS: ca,
      };
      caches = [await ImageCacheProcess.prepare(variables), await ImageCacheProcess.prepare(variables)];
      const [http, https] = [await freePort(), await freePort()];
      statistics = await freePort();
      const kernels = caches.map(({ ports }) => `127.0.0.1:${ports.kernels}`);
      const addresses = {
        'bind :80': `bind 127.0.0.1:${http}`,
        'bind :443': `bind 127.0.0.1:${https}`,
        'bind :65534': `bind 127.0.0.1:${statistics}`,
        '127.0.0.1:9001': `127.0.0.1:${caches[0].ports.images}`,
        '10.0.0.2:9001': `127.0.0.1:${caches[1].ports.images}`,
        '10.0.0.3:9001': '127.0.0.1:1',
        '127.0.0.1:9002': kernels[0]!,
        '10.0.0.2:9002': kernels[1]!,
        '10.0.0.3:9002': '127.0.0.1:1',
        [`server store ${STORE}:443 resolvers public init-addr none`]: `server store 127.0.0.1:${originPort}`,
      };
      await Promise.all(caches.map((cache) => cache.start()));
      haproxy = await HaProxy.start('deploy/image-cache/haproxy.cfg', addresses, async () => {
        await fetch(`http://127.0.0.1:${statistics}/`);
        return true;
      });
      const [store, storeTls] = [`${STORE}:80`, `${STORE}:443`];
      installer = new Installer({ [store]: `127.0.0.1:${http}`, [storeTls]: `127.0.0.1:${https}` }, ca);
      await Promise.all(caches.map((cache) => sync(cache)));
    }, 120_000);

    afterEach(async () => {
      origin.pace = undefined;
      origin.status = undefined;
      await Promise.all(caches.map((cache) => cache.start()));
      await health(true, true);
      if (isStoreAhead) await Promise.all(caches.map((cache) => sync(cache)));
      isStoreAhead = false;
    });

    afterAll(async () => {
      await haproxy?.stop();
      for (const cache of caches ?? []) await cache.remove();
      await api?.stop();
      await origin?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('installs from the local cache', async () => {
      const before = origin.requests.length;
      const { bytes: got, from, tries } = await installer.install(url(NEW));
      expect(got.equals(bytes.get(NEW)!)).toBe(true);
      expect([from, tries]).toEqual([url(NEW), 1]);
      expect(origin.requests.length).toBe(before);
      expect(await metric(caches[0], 'cache_image_downloads')).toBeGreaterThan(0);
      expect(await metric(caches[1], 'cache_image_downloads')).toBe(0);
    });

    it('redirects a miss to the store, through TLS that no proxy terminates', async () => {
      put('metal-os/not-in-the-api', 100_000);
      const { bytes: got, from } = await installer.install(url('metal-os/not-in-the-api'));
      expect(got.equals(bytes.get('metal-os/not-in-the-api')!)).toBe(true);
      expect(from).toBe(`https://${STORE}/metal-os/not-in-the-api`);
    });

    it('survives the death of the local cache in the middle of downloads', async () => {
      const before = await metric(caches[0], 'cache_image_downloads');
      const downloads = Array.from({ length: 6 }, (_, n) => installer.slow(SLOW).install(url(n % 2 ? OLD : NEW)));
      await eventually('downloads run', async () => (await metric(caches[0], 'cache_image_downloads')) >= before + 6);
      await caches[0].kill();
      for (const [n, { bytes: got, from }] of (await Promise.all(downloads)).entries()) {
        expect(got.equals(bytes.get(n % 2 ? OLD : NEW)!)).toBe(true);
        expect(from).toBe(url(n % 2 ? OLD : NEW));
      }
      expect(await metric(caches[1], 'cache_image_downloads')).toBeGreaterThan(0);
    });

    it('falls back to the store when both caches die', async () => {
      const before = await metric(caches[0], 'cache_image_downloads');
      const downloads = Array.from({ length: 4 }, () => installer.slow(SLOW).install(url(NEW), 50));
      await eventually('downloads run', async () => (await metric(caches[0], 'cache_image_downloads')) >= before + 4);
      await Promise.all(caches.map((cache) => cache.kill()));
      for (const { bytes: got } of await Promise.all(downloads)) expect(got.equals(bytes.get(NEW)!)).toBe(true);
      await health(false, false);
      const { bytes: got, from } = await installer.install(url(OLD));
      expect(got.equals(bytes.get(OLD)!)).toBe(true);
      expect(from).toBe(`https://${STORE}/${OLD}`);
    });

    it('keeps the image cache when no kernel cache is alive', async () => {
      // Both caches run without kernels: HAProxy sends kernels to the store, images stay local.
      const answer = await fetch(`http://127.0.0.1:${statistics}/;csv`).then((response) => response.text());
      expect(answer).toMatch(/^kernels,local.*DOWN/m);
      const { from } = await installer.install(url(NEW));
      expect(from).toBe(url(NEW));
      put(KERNEL, 100_000);
      expect((await installer.install(url(KERNEL))).from).toBe(`https://${STORE}/${KERNEL}`);
    });

    it('serves while the store is away, and keeps its files', async () => {
      await origin.stop();
      try {
        expect(await sync(caches[0])).toContain('problem');
        const { bytes: got, from } = await installer.install(url(OLD));
        expect([got.equals(bytes.get(OLD)!), from]).toEqual([true, url(OLD)]);
      } finally {
        await origin.restart(originPort);
      }
    });

    it('does not serve a file that was damaged on disk, and repairs it', async () => {
      const path = join(caches[0].root, 'images', NEW);
      const damaged = readFileSync(path);
      damaged.fill(0, 1000, 2000);
      writeFileSync(path, damaged);
      utimesSync(path, new Date(), new Date(statSync(path).mtimeMs + 1000));
      const first = await installer.install(url(NEW));
      expect([first.bytes.equals(bytes.get(NEW)!), first.tries]).toEqual([true, 1]);
      await sync(caches[0]);
      expect(readFileSync(path).equals(bytes.get(NEW)!)).toBe(true);
      expect((await installer.install(url(NEW))).from).toBe(url(NEW));
    });

    it('takes over an image that was replaced in the store, without ever mixing the two', async () => {
      const before = bytes.get(NEW)!;
      put(NEW, SIZE + 1000);
      let over = false;
      const seen = new Set<string>();
      const reading = (async () => {
        while (!over) seen.add(md5((await installer.install(url(NEW))).bytes));
      })();
      await sync(caches[0]);
      over = true;
      await reading;
      expect([...seen].every((sum) => [md5(before), md5(bytes.get(NEW)!)].includes(sum))).toBe(true);
      expect(md5((await installer.install(url(NEW))).bytes)).toBe(md5(bytes.get(NEW)!));
    });

    it('continues a download of a run after the process was killed', async () => {
      put(NEW, SIZE);
      let pieces = 0;
      origin.pace = () => (++pieces > 30 ? new Promise(() => undefined) : Promise.resolve());
      const run = caches[0].command('sync');
      await eventually('half of it is there', () => pieces > 30);
      const parts = join(caches[0].root, 'tmp');
      await eventually('half of it is on the disk', () =>
        readdirSync(parts).some((name) => statSync(join(parts, name)).size > 1_000_000),
      );
      await caches[0].kill();
      await run;
      origin.pace = undefined;
      origin.offsets.length = 0;
      await caches[0].start();
      await sync(caches[0]);
      expect(origin.offsets).toEqual([expect.any(Number)]);
      expect(origin.offsets[0]).toBeGreaterThan(1_000_000);
      expect(readFileSync(join(caches[0].root, 'images', NEW)).equals(bytes.get(NEW)!)).toBe(true);
    });

    it('reports its status, and that a second process is one too many', async () => {
      const { code, out } = await caches[0].command('status', '--json');
      const status = JSON.parse(out) as { isRunning: boolean; folders: { kind: string; cached: { key: string }[] }[] };
      expect([code, status.isRunning]).toEqual([0, true]);
      expect(status.folders.find(({ kind }) => kind === 'images')!.cached.map(({ key }) => key)).toEqual([OLD, NEW]);
      expect((await caches[0].command('status')).out).toMatch(
        /images: 2 files, 40\.0 MB[^]*that the store did not have to send/,
      );
      const second = await caches[0].command();
      expect(second).toMatchObject({ code: 2, out: expect.stringContaining('another process runs the image cache') });
      await caches[0].stop();
      expect((await caches[0].command('status')).out).toContain('is not running');
    });

    it('ends when a port is taken', async () => {
      const other = await ImageCacheProcess.prepare({
        METAL_API_IMAGE_CACHE_METAL_API_ENDPOINT: api.url,
        METAL_API_IMAGE_CACHE_METAL_API_HMAC: DEV_KEYS.viewer,
        METAL_API_IMAGE_CACHE_IMAGE_CACHE_BIND_ADDRESS: `127.0.0.1:${caches[0].ports.images}`,
      });
      const { code, out } = await other.command();
      expect([code, out]).toEqual([2, expect.stringContaining('EADDRINUSE')]);
      await other.remove();
    });
  },
);

describe.skipIf(!installed('an image cache on a small disk', 'openssl', 'mount', 'umount'))(
  'a full disk',
  { shuffle: false },
  () => {
    let folder: string;
    let isMounted = false;
    // In a hook, because the body of a suite runs even if the suite is skipped, and its hooks do not.
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'metal-small-disk-'));
      isMounted = mount(folder);
    });
    afterAll(() => {
      if (isMounted) execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    });

    it('keeps what is cached, reports the rest, and continues when there is room', async ({ skip }) => {
      skip(!isMounted, 'mounting is not permitted');
      const origin = await ImageOrigin.start();
      const api = await ServerProcess.start({ METAL_API_DB: 'memory' });
      const cache = await ImageCacheProcess.prepare(
        {
          METAL_API_IMAGE_CACHE_METAL_API_ENDPOINT: api.url,
          METAL_API_IMAGE_CACHE_METAL_API_HMAC: DEV_KEYS.viewer,
          METAL_API_IMAGE_CACHE_IMAGE_STORE_URL: origin.url,
          METAL_API_IMAGE_CACHE_MIN_FREE_DISK: '0',
        },
        folder,
      );
      try {
        for (const path of [OLD, NEW]) {
          origin.put(path, 6_000_000);
          const id = `ubuntu-24.4.${path.split('/')[3]}`;
          await api.rest('admin').put('v1/image', { id, url: url(path), features: ['machine'] });
        }
        await cache.start();
        const full = await cache.command('sync');
        expect([full.code, full.out]).toEqual([1, expect.stringContaining('free, the file needs 6.00 MB')]);
        // The newest is cached and served, the other one leads to the store.
        expect((await fetch(cache.url(NEW))).status).toBe(200);
        expect((await fetch(cache.url(OLD), { redirect: 'manual' })).status).toBe(307);
        execFileSync('mount', ['-o', 'remount,size=32m', folder]);
        expect((await cache.command('sync')).code).toBe(0);
        expect((await fetch(cache.url(OLD))).status).toBe(200);
      } finally {
        await cache.kill();
        await api.stop();
        await origin.stop();
      }
    });
  },
);

/** A file system of 10 MB, where this process may mount one. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', folder], { stdio: 'pipe' });
    return true;
  } catch {
    reportSkipped('an image cache on a small disk', 'mounting is not permitted');
    return false;
  }
}

describe.skipIf(!installed('the DNS of a partition', 'dnsmasq'))('the DNS configuration', { shuffle: false }, () => {
  it('resolves intercepted names to all management servers, and has no other records for them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metal-dns-'));
    const port = await freeUdpPort();
    const text = readFileSync('deploy/image-cache/dnsmasq.conf', 'utf8')
      .replace('listen-address=10.0.0.1', 'listen-address=127.0.0.1')
      .replace('port=53', `port=${port}`);
    writeFileSync(join(folder, 'dnsmasq.conf'), text);
    const args = ['--keep-in-foreground', '--user=', `--conf-file=${join(folder, 'dnsmasq.conf')}`, '--pid-file='];
    const dns = spawn('dnsmasq', args, { env: { PATH: searchPath() } });
    try {
      const resolver = new Resolver({ timeout: 500, tries: 1 });
      resolver.setServers([`127.0.0.1:${port}`]);
      const addresses = await eventually('the DNS answers', () => resolver.resolve4(STORE).catch(() => undefined));
      expect(addresses.toSorted()).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3']);
      await expect(resolver.resolve6(STORE)).rejects.toMatchObject({ code: 'ENODATA' });
    } finally {
      dns.kill();
      rmSync(folder, { recursive: true });
    }
  });
});
