import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CACHE_KINDS } from '../config/image-cache-config.js';
import type { CacheKind, ImageCacheConfig } from '../config/image-cache-config.js';
import type { Clock } from '../shared/clock.js';
import type { AppLogger } from '../shared/app-logger.js';
import { Scheduler } from '../shared/concurrency/scheduler.js';
import { CacheFolder } from './files/cache-folder.js';
import { StateFile } from './files/state-file.js';
import type { CacheState, FolderState } from './files/state-file.js';
import { CacheServer } from './serving/cache-server.js';
import { Peers } from './serving/peers.js';
import { ServingFigures } from './serving/serving-figures.js';
import { Control } from './status/control.js';
import type { CacheStatus, FolderStatus } from './status/status.js';
import { HttpClient } from './store/http-client.js';
import { HttpsStore } from './store/https-store.js';
import type { ImageStore } from './store/image-store.js';
import { S3Store } from './store/s3-store.js';
import type { ImageApi } from './sync/api-lists.js';
import { Downloader } from './sync/downloader.js';
import { FolderSync } from './sync/folder-sync.js';
import type { FolderRun } from './sync/folder-sync.js';
import type { FolderReport } from './sync/report.js';
import { Schedule } from './sync/schedule.js';
import { SyncProgress } from './sync/sync-progress.js';
import { Synchroniser } from './sync/synchroniser.js';

/** How often what was served is written down between runs, in milliseconds. */
const SAVE_MS = 60_000;

/** One enabled cache. */
interface Cache {
  readonly folder: CacheFolder;
  readonly figures: ServingFigures;
  readonly sync: FolderSync;
  readonly server: CacheServer;
  lengths: Readonly<Record<string, number>>;
  report?: FolderReport | undefined;
}

/**
 * The image cache of one host: keeps its folders up to date and serves them. `open` takes the folders, `serve` listens
 * and synchronises by schedule, `sync` runs once; `close` ends all.
 */
export class ImageCache {
  private readonly stopping = new AbortController();
  private readonly schedule: Schedule;
  private control: Control | undefined;
  /** What was served is written down again with the next run, so an error is not reported. */
  private readonly jobs = new Scheduler(() => undefined);
  private force = false;

  private constructor(
    private readonly config: ImageCacheConfig,
    private readonly caches: readonly Cache[],
    private readonly synchroniser: Synchroniser,
    private readonly state: { readonly file: StateFile; readonly loaded: CacheState },
    private readonly progress: SyncProgress,
    log: AppLogger,
  ) {
    this.schedule = new Schedule(config.schedule, () => this.run(), log);
  }

  /** Throws OccupiedError when another process has the folder, and when there is none. */
  static async open(
    config: ImageCacheConfig,
    api: ImageApi,
    clock: Clock,
    log: AppLogger,
    show?: (line: string, isLast: boolean) => void,
  ): Promise<ImageCache> {
    const info = await stat(config.root).catch(() => undefined);
    if (!info?.isDirectory()) throw new Error(`${config.root} is not a folder, expected one for the cached files`);
    const file = new StateFile(config.root);
    const loaded = await file.load((message, cause) => log.warn(message, cause));
    const progress = new SyncProgress(log, () => clock.now(), show, show && 200);
    const client = new HttpClient(config.stallTimeout);
    const downloader = new Downloader(
      client,
      { folder: join(config.root, 'tmp'), retryPause: config.retryPause, checkSha256: config.checkSha256 },
      progress,
      log,
    );
    let cache: ImageCache | undefined = undefined;
    const changed = async (): Promise<void> => cache?.save();
    const onDamage = (): void => cache?.schedule.requestSoon();
    const tools = { client, downloader, progress, clock, log, changed };
    const caches = CACHE_KINDS.flatMap((kind) => cacheOf(kind, config, loaded[kind], tools, log, onDamage) ?? []);
    const store = storeOf(config, client);
    const synchroniser = new Synchroniser(caches, api, store, client, downloader, config, () => clock.now());
    cache = new ImageCache(config, caches, synchroniser, { file, loaded }, progress, log);
    await cache.occupy();
    return cache;
  }

  /** Listens, then synchronises at once and by schedule. Rejects when an address cannot be bound. */
  async serve(): Promise<void> {
    for (const { server } of this.caches) await server.start();
    this.schedule.start();
    this.jobs.every(SAVE_MS, 'record of what was served', () => this.save());
  }

  /** One run, or the one that is active. */
  async sync(force = false): Promise<CacheStatus> {
    this.force ||= force;
    await this.schedule.request();
    // A run that was active may not have seen it.
    if (this.force && !this.stopping.signal.aborted) await this.schedule.request();
    return this.status();
  }

  status(): CacheStatus {
    return {
      folders: this.caches.map(({ folder, figures, report }) => ({
        kind: folder.kind,
        cached: [...folder.files.values()].map(({ key, size }) => ({ key, size })),
        served: figures.served,
        report,
      })),
      isSyncing: this.schedule.isRunning,
      download: this.progress.current,
      nextRun: this.schedule.next,
    };
  }

  /** The port of a listener. */
  port(kind: CacheKind): number | undefined {
    return this.caches.find(({ folder }) => folder.kind === kind)?.server.port;
  }

  /** Ends a run early, lets downloads by clients end for `grace` milliseconds, writes down what was served. */
  async close(grace: number): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.jobs.stop(), this.schedule.stop(), ...this.caches.map(({ server }) => server.stop(grace))]);
    await this.save();
    await this.control?.close();
  }

  private async occupy(): Promise<void> {
    this.control = await Control.open(this.config.root, {
      status: () => this.status(),
      sync: (force) => this.sync(force),
    });
    for (const folder of [...this.caches.map((cache) => cache.folder.path), join(this.config.root, 'tmp')])
      await mkdir(folder, { recursive: true });
  }

  private async run(): Promise<void> {
    const force = this.force;
    this.force = false;
    const { signal } = this.stopping;
    const lengths = (kind: CacheKind) => this.cache(kind).lengths;
    await this.synchroniser.run(lengths, { force, dryRun: this.config.dryRun, signal }, (kind, run) =>
      this.ran(kind, run),
    );
  }

  private async ran(kind: CacheKind, { report, lengths }: FolderRun): Promise<void> {
    const cache = this.cache(kind);
    cache.report = report;
    cache.lengths = lengths;
    cache.figures.ran(report);
    await this.save();
  }

  private cache(kind: CacheKind): Cache {
    return this.caches.find(({ folder }) => folder.kind === kind)!;
  }

  /** Disabled caches keep what they had. */
  private save(): Promise<void> {
    const folders = this.caches.map(({ folder, figures, lengths, report }) => {
      const state: FolderState = { files: [...folder.files.values()], lengths, served: figures.served, report };
      return [folder.kind, state] as const;
    });
    return this.state.file.save({ ...this.state.loaded, ...Object.fromEntries(folders) });
  }
}

/** What a cache that is not running left on the disk. */
export async function statusOnDisk(config: ImageCacheConfig): Promise<CacheStatus> {
  const state = await new StateFile(config.root).load(() => undefined);
  const folders = CACHE_KINDS.flatMap((kind): FolderStatus[] => {
    const { files = [], served = { bytes: 0, downloads: 0, misses: 0 }, report } = state[kind] ?? {};
    if (config.caches[kind] === undefined) return [];
    return [{ kind, cached: files.map(({ key, size }) => ({ key, size })), served, report }];
  });
  return { folders, isSyncing: false };
}

function cacheOf(
  kind: CacheKind,
  config: ImageCacheConfig,
  state: FolderState | undefined,
  tools: ConstructorParameters<typeof FolderSync>[3],
  log: AppLogger,
  onDamage: () => void,
): Cache | undefined {
  const settings = config.caches[kind];
  if (settings === undefined) return undefined;
  const folder = new CacheFolder(kind, join(config.root, kind), kind !== 'kernels', state?.files);
  const figures = new ServingFigures(folder, state?.served, state?.report);
  const { maxConnections, fallbackUrl } = config;
  const options = { listen: settings.listen, maxConnections, fallbackUrl };
  const server = new CacheServer(folder, new Peers(settings.peers), figures, options, log, onDamage);
  const sync = new FolderSync(folder, settings.peers, config, tools);
  return { folder, figures, sync, server, lengths: state?.lengths ?? {}, report: state?.report };
}

const storeOf = ({ store, stallTimeout }: ImageCacheConfig, client: HttpClient): ImageStore =>
  store.kind === 's3' ? new S3Store(store, stallTimeout) : new HttpsStore(client, store.baseUrl);
