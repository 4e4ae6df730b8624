import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadImageCacheConfig } from '../../src/config/image-cache-config.js';
import type { CacheKind } from '../../src/config/image-cache-config.js';
import { ImageCache } from '../../src/image-cache/image-cache.js';
import type { FolderReport } from '../../src/image-cache/sync/report.js';
import { ManualClock } from '../../src/shared/clock.js';
import { MemoryLogger } from '../../src/shared/app-logger.js';

/** The API as an image cache sees it. */
export class FakeApi {
  images: unknown = [];
  partitions: unknown = [];
  failure: Error | undefined;

  async get<T>(path: string): Promise<T> {
    if (this.failure !== undefined) throw this.failure;
    return (path.startsWith('v1/image') ? this.images : this.partitions) as T;
  }
}

export type TestSettings = Readonly<Record<string, string>>;

/** An image cache in the process of the test, with its own folder and listeners on free ports. */
export class TestCache {
  readonly api = new FakeApi();
  readonly clock = new ManualClock(Date.now());
  readonly log = new MemoryLogger();
  private cache: ImageCache | undefined;

  constructor(
    private readonly settings: TestSettings = {},
    readonly root = mkdtempSync(join(tmpdir(), 'metal-image-cache-')),
  ) {}

  /** Starts without listening. */
  async open(): Promise<ImageCache> {
    const flags = {
      'metal-api-endpoint': 'http://127.0.0.1:1/',
      'cache-root-path': this.root,
      'min-free-disk': '0',
      'retry-pause': '1ms',
      'stall-timeout': '5s',
      schedule: '0 0 1 1 *',
      'image-cache-bind-address': '127.0.0.1:0',
      'kernel-cache-bind-address': '127.0.0.1:0',
      'boot-image-cache-bind-address': '127.0.0.1:0',
      ...this.settings,
    };
    const config = loadImageCacheConfig(flags, { METAL_API_IMAGE_CACHE_METAL_API_HMAC: 'key' });
    this.cache = await ImageCache.open(config, this.api, this.clock, this.log);
    return this.cache;
  }

  /** Starts with listeners; the first run has ended. */
  async serve(): Promise<ImageCache> {
    const cache = await this.open();
    await cache.serve();
    await cache.sync();
    return cache;
  }

  /** One run; returns what it did in a folder. */
  async sync(kind: CacheKind = 'images', force = false): Promise<FolderReport> {
    const { folders } = await (this.cache ?? (await this.open())).sync(force);
    return folders.find((folder) => folder.kind === kind)!.report!;
  }

  url(path: string, kind: CacheKind = 'images'): string {
    return `http://127.0.0.1:${this.cache!.port(kind)}/${path}`;
  }

  /** Paths of the files in the cache's folder. */
  path(key: string, kind: CacheKind = 'images'): string {
    return join(this.root, kind, key);
  }

  async close(): Promise<void> {
    await this.cache?.close(0);
    this.cache = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
