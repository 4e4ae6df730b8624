import type { CacheKind, ImageCacheConfig } from '../../config/image-cache-config.js';
import type { CacheFolder } from '../files/cache-folder.js';
import type { HttpClient } from '../store/http-client.js';
import type { ImageStore } from '../store/image-store.js';
import { listPartitions } from './api-lists.js';
import type { ImageApi } from './api-lists.js';
import type { Downloader } from './downloader.js';
import type { FolderRun, FolderSync, SyncOptions } from './folder-sync.js';
import { wantedBootFiles } from './wanted-boot-files.js';
import { wantedImages } from './wanted-images.js';
import type { WantedImages } from './wanted-images.js';

/** A folder, and what brings it up to date. */
export interface SyncedFolder {
  readonly folder: CacheFolder;
  readonly sync: FolderSync;
}

/** What a broken download left is kept for so long, in milliseconds. */
const TOO_OLD_MS = 86_400_000;

/** Synchronises the enabled folders one after the other, each by itself: the failure of one does not keep the others. */
export class Synchroniser {
  constructor(
    private readonly folders: readonly SyncedFolder[],
    private readonly api: ImageApi,
    private readonly store: ImageStore,
    private readonly client: HttpClient,
    private readonly downloader: Downloader,
    private readonly config: ImageCacheConfig,
    private readonly now: () => number,
  ) {}

  /** `lengths` are those of the last accepted run; `done` is called after each folder. */
  async run(
    lengths: (kind: CacheKind) => Readonly<Record<string, number>>,
    options: SyncOptions,
    done: (kind: CacheKind, run: FolderRun) => Promise<void>,
  ): Promise<void> {
    for (const { folder, sync } of this.folders) {
      if (options.signal.aborted) return;
      await done(folder.kind, await sync.run(() => this.find(folder), lengths(folder.kind), options));
    }
    if (!options.dryRun) await this.downloader.tidy(TOO_OLD_MS);
  }

  private async find(folder: CacheFolder): Promise<WantedImages> {
    if (folder.kind === 'images') return wantedImages(this.api, this.store, folder, this.config, this.now());
    return wantedBootFiles(await listPartitions(this.api), this.client, folder, this.config.excludes);
  }
}
