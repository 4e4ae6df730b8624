import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RestClient } from '../../agent/rest-client.js';
import { loadImageCacheConfig } from '../../config/image-cache-config.js';
import { ImageCache } from '../../image-cache/image-cache.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { systemClock } from '../../shared/clock.js';
import { check } from './step.js';

/** Bytes of each image of the demonstration. */
const SIZE = 2_000_000;
const IMAGE = /^\/images\/[\w.-]{1,100}\.tar\.lz4(\.md5)?$/;
const MAX_IMAGES = 16;
/** Cron that does not fire while the smoke test runs, whose first download must miss the cache. */
const ON_REQUEST_ONLY = '0 0 29 2 *';

/** How an installer got an image. */
export interface DemoDownload {
  readonly bytes: number;
  readonly from: 'cache' | 'store';
}

/** A store of images on loopback, and the image cache of the simulated partition in front of it. */
export class DemoImages {
  private readonly contents = new Map<string, Buffer>();
  private cache!: ImageCache;
  private isStopped = false;

  private constructor(
    private readonly store: Server,
    private readonly folder: string,
  ) {}

  /**
   * `key` is that of the role viewer. The first run of the cache has ended; the next is by schedule, or with `isManual`
   * only by `sync`.
   */
  static async start(api: RestClient, key: string, isManual: boolean, log: AppLogger): Promise<DemoImages> {
    const store = createServer((request, response) => images.answer(request, response));
    const images = new DemoImages(store, await mkdtemp(join(tmpdir(), 'metal-demo-images-')));
    await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
    const settings = {
      config: '/dev/null',
      'metal-api-endpoint': 'http://127.0.0.1/',
      'image-store-url': images.storeUrl,
      'fallback-url': images.storeUrl,
      'cache-root-path': images.folder,
      'min-free-disk': '0',
      'image-cache-bind-address': '127.0.0.1:0',
      'enable-kernel-cache': 'false',
      'enable-boot-image-cache': 'false',
      ...(isManual && { schedule: ON_REQUEST_ONLY }),
    };
    const config = loadImageCacheConfig(settings, { METAL_API_IMAGE_CACHE_METAL_API_HMAC: key });
    images.cache = await ImageCache.open(config, api, systemClock, log);
    await images.cache.serve();
    await images.cache.sync();
    return images;
  }

  /** Where the images of the API are. */
  get storeUrl(): string {
    return `http://127.0.0.1:${(this.store.address() as AddressInfo).port}`;
  }

  get cacheUrl(): string {
    return `http://127.0.0.1:${this.cache.port('images')}`;
  }

  /** Brings the cache up to date; returns how many images it has. */
  async sync(): Promise<number> {
    const { folders } = await this.cache.sync();
    return folders[0]!.cached.length;
  }

  /**
   * Downloads an image and its checksum file as an installer does: from the cache, which may redirect, or from the store
   * where no cache answers, as HAProxy leads it there. Throws when the bytes are not those of the checksum file.
   */
  async download(url: string): Promise<DemoDownload> {
    const [data, checksum] = [
      await this.fetch(new URL(url).pathname),
      await this.fetch(`${new URL(url).pathname}.md5`),
    ];
    const bytes = Buffer.from(await data.arrayBuffer());
    const md5 = createHash('md5').update(bytes).digest('hex');
    check((await checksum.text()).split(' ')[0] === md5, `the MD5 ${md5} in ${url}.md5`);
    return { bytes: bytes.length, from: data.url.startsWith(`${this.storeUrl}/`) ? 'store' : 'cache' };
  }

  /** Ends the cache, and leaves the store. */
  async stopCache(): Promise<void> {
    this.isStopped = true;
    await this.cache.close(0);
  }

  async stop(): Promise<void> {
    if (!this.isStopped) await this.stopCache();
    this.store.closeAllConnections();
    await new Promise((resolve) => this.store.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }

  private async fetch(path: string): Promise<Response> {
    const response = await fetch((this.isStopped ? this.storeUrl : this.cacheUrl) + path);
    check(response.ok, `an image at ${response.url}, which answers ${response.status}`);
    return response;
  }

  private answer({ url = '', method }: IncomingMessage, response: ServerResponse): void {
    const content = IMAGE.test(url) ? this.contentOf(url) : undefined;
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': content.length }).end(method === 'HEAD' ? undefined : content);
  }

  /** Images come into being when they are asked for. */
  private contentOf(path: string): Buffer | undefined {
    if (path.endsWith('.md5')) {
      const data = this.contentOf(path.slice(0, -'.md5'.length));
      return data && Buffer.from(`${createHash('md5').update(data).digest('hex')}  image\n`);
    }
    if (!this.contents.has(path) && this.contents.size < MAX_IMAGES) this.contents.set(path, randomBytes(SIZE));
    return this.contents.get(path);
  }
}
