import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.js';
import { TestCache } from '../../test/support/image-cache.js';
import type { TestSettings } from '../../test/support/image-cache.js';
import { ImageOrigin, md5 } from '../../test/support/image-origin.js';

let origin: ImageOrigin;
const caches: TestCache[] = [];
beforeEach(async () => (origin = await ImageOrigin.start()));
afterEach(async () => {
  for (const cache of caches.splice(0)) await cache.remove();
  await origin.stop();
});

function newCache(settings: TestSettings = {}, root?: string): TestCache {
  const cache = new TestCache({ 'image-store-url': origin.url, ...settings }, root);
  caches.push(cache);
  return cache;
}

const PATHS = ['metal-os/ubuntu/24.04/20260101/img.tar.lz4', 'metal-os/ubuntu/24.04/20260202/img.tar.lz4'] as const;
const [OLD, NEW] = PATHS;
const image = (path: string, rest: object = {}) => ({
  id: `ubuntu-24.4.${path.split('/')[3]}`,
  url: `http://images.metal-stack.io/${path}`,
  ...rest,
});

/** A cache whose API has both images, which are in the store; not synchronised. */
function twoImages(settings: TestSettings = {}): { cache: TestCache; bytes: Buffer[] } {
  const bytes = PATHS.map((path) => origin.put(path, 300_000));
  const cache = newCache(settings);
  cache.api.images = PATHS.map((path) => image(path));
  return { cache, bytes };
}

/** Changes a file so that its size stays the same. */
function corrupt(path: string, keepTime = false): void {
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  bytes[1000] = bytes[1000]! ^ 0xff;
  writeFileSync(path, bytes);
  if (keepTime) utimesSync(path, atime, mtime);
  else utimesSync(path, atime, new Date(mtime.getTime() + 5000));
}

describe('a run', () => {
  it('downloads images with their checksum files, and nothing again', async () => {
    const { cache, bytes } = twoImages();
    expect(await cache.sync()).toMatchObject({
      added: [NEW, OLD],
      problems: [],
      downloadedBytes: 600_000,
      unsynced: 0,
    });
    for (const [at, path] of PATHS.entries()) {
      expect(readFileSync(cache.path(path))).toEqual(bytes[at]);
      expect(readFileSync(cache.path(`${path}.md5`), 'utf8')).toContain(md5(bytes[at]!));
    }
    origin.requests.length = 0;
    expect(await cache.sync()).toMatchObject({ added: [], removed: [], problems: [] });
    expect(origin.requests.every((line) => line.startsWith('HEAD'))).toBe(true);
    expect(readdirSync(join(cache.root, 'tmp'))).toEqual([]);
  });

  it('keeps what it has in the next process, without hashing it', async () => {
    const { cache } = twoImages();
    await cache.sync();
    await cache.close();
    // Not noticed: neither size nor time say that the file was changed, and a day has not passed.
    corrupt(cache.path(OLD), true);
    expect(await cache.sync()).toMatchObject({ added: [], problems: [] });
    cache.clock.advance(25 * 3_600_000);
    expect((await cache.sync()).added).toEqual([OLD]);
  });

  it('downloads a file again that was changed on disk (acceptance d)', async () => {
    const { cache, bytes } = twoImages();
    await cache.sync();
    corrupt(cache.path(OLD));
    const report = await cache.sync();
    expect(report.added).toEqual([OLD]);
    expect(report.problems).toHaveLength(1);
    expect(readFileSync(cache.path(OLD))).toEqual(bytes[0]);
  });

  it('leaves files where they are when neither API nor store answer (acceptance f)', async () => {
    const { cache } = twoImages();
    await cache.serve();
    origin.status = 503;
    expect(await cache.sync()).toMatchObject({ added: [], removed: [] });
    cache.api.failure = new Error('the API is away');
    expect(await cache.sync()).toMatchObject({ problems: ['the API is away'] });
    for (const path of PATHS) expect(existsSync(cache.path(path))).toBe(true);
    expect(await (await fetch(cache.url('health'))).text()).toBe('HEALTHY');
    expect((await fetch(cache.url(OLD))).status).toBe(200);
  });

  it('skips an image without a checksum file (acceptance h)', async () => {
    const { cache } = twoImages();
    origin.files.delete(`${OLD}.md5`);
    const report = await cache.sync();
    expect(report.added).toEqual([NEW]);
    expect(report.problems).toEqual([expect.stringContaining(`image ubuntu-24.4.20260101 is not cached:`)]);
    expect(report.unsynced).toBe(1);
    expect(cache.log.lines).toContain(report.problems[0]);
  });

  it.each([404, 500])('never stores the page of status %i', async (status) => {
    const { cache } = twoImages();
    cache.api.partitions = [{ id: 'p', bootconfig: { kernelurl: `${origin.url}kernel` } }];
    origin.put('kernel', 1000, false);
    await cache.open();
    origin.status = status;
    const report = await cache.sync('kernels');
    expect(report.added).toEqual([]);
    expect(report.missing).toHaveLength(1);
    expect(existsSync(cache.path('kernel', 'kernels'))).toBe(false);
  });

  it('continues a download that broke off, in the same run and in the next process', async () => {
    const { cache, bytes } = twoImages();
    cache.api.images = [image(OLD)];
    origin.breaks.push(100_000);
    expect(await cache.sync()).toMatchObject({ added: [OLD], downloadedBytes: 300_000 });
    cache.api.images = PATHS.map((path) => image(path));
    origin.breaks.push(100_000, 0, 0, 0);
    expect((await cache.sync()).missing).toHaveLength(1);
    await cache.close();
    expect(await cache.sync()).toMatchObject({ added: [NEW], downloadedBytes: 200_000 });
    expect(readFileSync(cache.path(NEW))).toEqual(bytes[1]);
  });

  it('throws bytes away that do not match, and serves the old file until the new one is right', async () => {
    const { cache, bytes } = twoImages();
    await cache.serve();
    const next = origin.put(OLD, 300_000);
    const right = origin.files.get(`${OLD}.md5`)!;
    origin.put(`${OLD}.md5`, Buffer.from(`${'0'.repeat(32)}  img\n`), false);
    const report = await cache.sync();
    expect(report.problems).toEqual([expect.stringContaining('has the MD5')]);
    expect(md5(Buffer.from(await (await fetch(cache.url(OLD))).arrayBuffer()))).toBe(md5(bytes[0]!));
    expect(await (await fetch(cache.url(`${OLD}.md5`))).text()).toContain(md5(bytes[0]!));
    origin.files.set(`${OLD}.md5`, right);
    expect((await cache.sync()).added).toEqual([OLD]);
    expect(md5(Buffer.from(await (await fetch(cache.url(OLD))).arrayBuffer()))).toBe(md5(next));
  });

  it('compares SHA-256 where that is asked for', async () => {
    const { cache } = twoImages({ 'check-sha256': 'true' });
    origin.put(`${NEW}.sha256`, Buffer.from(`${'0'.repeat(64)} img`), false);
    const { added, problems } = await cache.sync();
    expect(added).toEqual([]);
    expect(problems.join()).toContain('404');
    expect(problems.join()).toContain('SHA-256');
  });

  it('removes what is no longer wanted, with empty folders', async () => {
    const { cache } = twoImages();
    await cache.sync();
    cache.api.images = [image(NEW)];
    expect((await cache.sync()).removed).toEqual([OLD]);
    expect(existsSync(join(cache.root, 'images/metal-os/ubuntu/24.04/20260101'))).toBe(false);
  });

  it('removes nothing when the API has no images or far fewer, unless forced', async () => {
    const { cache } = twoImages();
    await cache.sync();
    cache.api.images = [];
    expect(await cache.sync()).toMatchObject({
      removed: [],
      problems: [expect.stringContaining('there are no images')],
    });
    // Also when it is asked again, and by the next process.
    await cache.close();
    expect((await cache.sync()).removed).toEqual([]);
    expect((await cache.sync('images', true)).removed).toEqual([...PATHS]);
  });

  it('removes nothing when the store has lost its images, and never one that a machine uses', async () => {
    const { cache } = twoImages();
    cache.api.images = [image(OLD, { usedby: ['m'] }), image(NEW)];
    await cache.sync();
    origin.files.clear();
    expect((await cache.sync()).removed).toEqual([]);
    expect((await cache.sync('images', true)).removed).toEqual([NEW]);
    expect(existsSync(cache.path(OLD))).toBe(true);
  });

  it.each([[{}], ['text'], [[1]], [[{ id: 1 }]], [null]])('takes %j for no list of images', async (answer) => {
    const { cache } = twoImages();
    await cache.sync();
    cache.api.images = answer;
    expect(await cache.sync()).toMatchObject({ removed: [], problems: ["the API's answer is not a list of images"] });
  });

  it('changes nothing in a dry run', async () => {
    const { cache } = twoImages({ 'dry-run': 'true' });
    expect(await cache.sync()).toMatchObject({ added: [], removed: [] });
    expect(cache.log.lines).toContain(`would add images/${OLD}: not cached`);
    expect(origin.downloads).toEqual([]);
  });

  it('leaves disk space free', async () => {
    const { cache } = twoImages({ 'min-free-disk': '9000T' });
    expect((await cache.sync()).missing.map(({ why }) => why)).toEqual([
      expect.stringContaining('the disk has'),
      expect.stringContaining('the disk has'),
    ]);
    expect(origin.downloads).toEqual([]);
  });

  it('takes over the files of the service before it, and only the undamaged ones', async () => {
    const first = twoImages();
    await first.cache.sync();
    await first.cache.close();
    writeFileSync(join(first.cache.root, 'state.json'), 'no JSON');
    corrupt(first.cache.path(OLD));
    expect((await first.cache.sync()).added).toEqual([OLD]);
  });

  it('is the only process in its folder', async () => {
    const { cache } = twoImages();
    await cache.open();
    await expect(newCache({}, cache.root).open()).rejects.toThrow('another process runs the image cache');
  });

  it('keeps the tick of the clock from a run that is active (acceptance j)', async () => {
    const { cache } = twoImages();
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    origin.pace = () => gate;
    const opened = await cache.open();
    const run = opened.sync();
    await eventually('a download begins', () => origin.downloads.length > 0);
    expect(opened.status()).toMatchObject({ isSyncing: true, download: { key: NEW, file: 1, files: 2 } });
    const joined = opened.sync();
    go();
    await Promise.all([run, joined]);
    expect(origin.downloads).toHaveLength(2);
  });
});

describe('kernels and boot images', () => {
  const partition = (id: string) => ({
    id,
    bootconfig: { kernelurl: `${origin.url}kernels/vmlinuz`, imageurl: `${origin.url}boot/initrd.img` },
  });

  it('are cached once for all partitions, kernels again when they change', async () => {
    origin.put('kernels/vmlinuz', 1000, false);
    origin.put('boot/initrd.img', 2000);
    const cache = newCache();
    cache.api.partitions = [partition('a'), partition('b')];
    expect((await cache.sync('kernels')).added).toEqual(['kernels/vmlinuz']);
    expect((await cache.sync('boot-images')).added).toEqual([]);
    expect(existsSync(cache.path('boot/initrd.img', 'boot-images'))).toBe(true);
    const next = origin.put('kernels/vmlinuz', 1001, false);
    expect((await cache.sync('kernels')).added).toEqual(['kernels/vmlinuz']);
    expect(readFileSync(cache.path('kernels/vmlinuz', 'kernels'))).toEqual(next);
  });

  it('are left alone when disabled', async () => {
    origin.put('kernels/vmlinuz', 1000, false);
    const cache = newCache({ 'enable-kernel-cache': 'false', 'enable-boot-image-cache': 'false' });
    cache.api.partitions = [partition('a')];
    const { folders } = await (await cache.open()).sync();
    expect(folders.map(({ kind }) => kind)).toEqual(['images']);
    expect(origin.requests).toEqual([]);
  });

  it('of a boot image without checksum file say so', async () => {
    origin.put('boot/initrd.img', 2000, false);
    const cache = newCache();
    cache.api.partitions = [partition('a')];
    const { added, problems } = await cache.sync('boot-images');
    expect([added, problems.length]).toEqual([[], 1]);
  });
});

describe('peers', () => {
  it('are asked before the store, by a run and on a miss', async () => {
    const { cache: first, bytes } = twoImages();
    await first.serve();
    origin.requests.length = 0;
    const second = newCache({ 'image-cache-peers': first.url('').slice('http://'.length, -1) });
    second.api.images = first.api.images;
    await second.open().then((cache) => cache.serve());
    expect(await second.sync()).toBeDefined();
    expect(origin.downloads).toEqual([]);
    expect(readFileSync(second.path(OLD))).toEqual(bytes[0]);

    origin.put('metal-os/extra', 70_000);
    const third = newCache({ 'image-cache-peers': first.url('').slice('http://'.length, -1) });
    await third.serve();
    const answer = await fetch(third.url(NEW), { headers: { range: 'bytes=10-19' } });
    expect([answer.status, Buffer.from(await answer.arrayBuffer())]).toEqual([206, bytes[1]!.subarray(10, 20)]);
    const miss = await fetch(third.url('metal-os/extra'), { redirect: 'manual' });
    expect(miss.status).toBe(307);
    expect(await (await fetch(third.url('metrics'))).text()).toContain('\ncache_misses 2\n');
    // What a peer asked for counts neither as a miss nor as a download.
    expect(await (await fetch(first.url('metrics'))).text()).toMatch(/\ncache_misses 0\n[^]*cache_image_downloads 0\n/);
  });

  it('that are away, or have another version, do no harm', async () => {
    const { cache: first, bytes } = twoImages();
    await first.serve();
    const peers = `127.0.0.1:1,${first.url('').slice('http://'.length, -1)}`;
    const second = newCache({ 'image-cache-peers': peers });
    second.api.images = first.api.images;
    const next = origin.put(OLD, 300_000);
    expect(await second.sync()).toMatchObject({ added: [NEW, OLD], peerBytes: 300_000 });
    expect(readFileSync(second.path(OLD))).toEqual(next);
    expect(readFileSync(second.path(NEW))).toEqual(bytes[1]);
  });
});
