import { statfs } from 'node:fs/promises';
import { formatByteSize } from '../../config/byte-size.js';
import type { ImageCacheConfig } from '../../config/image-cache-config.js';
import type { Clock } from '../../shared/clock.js';
import { timestamp } from '../../shared/clock.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { mapConcurrently } from '../../shared/concurrency/concurrency-limit.js';
import { pluralize } from '../../shared/text.js';
import { MAX_CHECKSUM } from '../files/cache-folder.js';
import type { CacheFolder } from '../files/cache-folder.js';
import { md5Of } from '../files/file-record.js';
import { planFolder } from '../selection/folder-plan.js';
import type { FolderPlan } from '../selection/folder-plan.js';
import { shrinkProblem } from '../selection/shrink-guard.js';
import { TransferError } from '../store/http-client.js';
import type { HttpClient } from '../store/http-client.js';
import { checksumUrl } from '../store/https-store.js';
import type { Downloader } from './downloader.js';
import type { RemoteFile } from './remote-file.js';
import type { FolderReport } from './report.js';
import type { SyncProgress } from './sync-progress.js';
import type { WantedImages } from './wanted-images.js';

/** Checksum files that are fetched at a time. */
const WIDTH = 8;
/** After so many files in a row without any answer of the store, a run ends. */
const MAX_FAILURES = 3;

/** How one run differs from others. */
export interface SyncOptions {
  /** Also remove when a list has become empty or much shorter. */
  readonly force: boolean;
  /** Plan and log, change nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

export interface FolderRun {
  readonly report: FolderReport;
  /** Lengths of the lists to compare the next ones with. */
  readonly lengths: Readonly<Record<string, number>>;
}

interface Tools {
  readonly client: HttpClient;
  readonly downloader: Downloader;
  readonly progress: SyncProgress;
  readonly clock: Clock;
  readonly log: AppLogger;
  /** Called after each change of the folder. */
  readonly changed: () => Promise<void>;
}

/** Brings one folder to what it should have (docs/reference/image-cache.md#synchronising). */
export class FolderSync {
  constructor(
    private readonly folder: CacheFolder,
    private readonly peers: readonly string[],
    private readonly config: ImageCacheConfig,
    private readonly tools: Tools,
  ) {}

  /**
   * One run; `before` are the lengths of the lists of the last accepted run. Never throws for what a store, a peer or the
   * API does: the report names it, files stay, and the next run tries again.
   */
  async run(
    find: () => Promise<WantedImages>,
    before: Readonly<Record<string, number>>,
    options: SyncOptions,
  ): Promise<FolderRun> {
    const { clock, log } = this.tools;
    const run = new Run(this.folder.kind, timestamp(clock.now()), log);
    let lengths = before;
    try {
      const { verifyInterval } = this.config;
      const unverified = await this.folder.verify(clock.now(), verifyInterval, (problem) => run.problem(problem));
      const wanted = await find();
      run.found(wanted);
      const shrunk = options.force ? undefined : this.shrinkProblem(wanted, before);
      if (shrunk !== undefined) run.problem(`${shrunk}: nothing is removed (sync --force removes)`);
      else if (!options.dryRun) lengths = wanted.lengths;
      const files = await mapConcurrently(wanted.files, WIDTH, (file) => this.withChecksum(file));
      const plan = planFolder(files, this.folder.files, unverified);
      await this.apply(run, shrunk === undefined ? plan : { ...plan, remove: [] }, files, options);
    } catch (error) {
      run.problem((error as Error).message);
    }
    const cached = run.chosen.filter((key) => this.folder.get(key) !== undefined).length;
    return { report: run.report(timestamp(clock.now()), cached), lengths };
  }

  /** Of the first list that shrank too much; the others depend on it. */
  private shrinkProblem({ lengths }: WantedImages, before: Readonly<Record<string, number>>): string | undefined {
    const cached = this.folder.files.size;
    const problems = Object.entries(lengths).map(([what, now]) =>
      shrinkProblem({ what, now, before: before[what], cached }, this.config.maxShrinkPercent),
    );
    return problems.find((problem) => problem !== undefined);
  }

  /** The file with the MD5 that the store has for it; that is not asked for while neither file has changed. */
  private async withChecksum(file: RemoteFile): Promise<RemoteFile> {
    if (!this.folder.hasChecksums || file.unknown !== undefined) return file;
    const record = this.folder.get(file.key);
    const { etag, checksumEtag } = file;
    if (record !== undefined && etag !== undefined && checksumEtag !== undefined)
      if (record.etag === etag && record.checksumEtag === checksumEtag)
        return { ...file, md5: record.md5, checksum: record.checksum };
    try {
      const checksum = await this.tools.client.text(checksumUrl(file.url), MAX_CHECKSUM);
      const md5 = md5Of(checksum);
      return md5 === undefined ? { ...file, unknown: `${file.url}.md5 has no MD5` } : { ...file, md5, checksum };
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      return { ...file, unknown: error.message };
    }
  }

  private async apply(run: Run, plan: FolderPlan<RemoteFile>, files: readonly RemoteFile[], options: SyncOptions) {
    for (const { key, why } of plan.missing) run.missing(key, why);
    const bytes = plan.add.reduce((sum, { file }) => sum + (file.size ?? 0), 0);
    this.tools.log.info(
      `${this.folder.kind}: keeps ${pluralize(plan.keep.length, 'file')}, adds ${plan.add.length} ` +
        `(${formatByteSize(bytes)}), removes ${plan.remove.length}`,
    );
    if (options.dryRun) {
      for (const { file, why } of plan.add) this.tools.log.info(`would add ${this.folder.kind}/${file.key}: ${why}`);
      for (const key of plan.remove) this.tools.log.info(`would remove ${this.folder.kind}/${key}`);
      return;
    }
    for (const key of plan.remove) {
      await this.folder.remove(key);
      run.removed(key);
    }
    const kept = new Set(plan.keep);
    for (const file of files)
      if (kept.has(file.key) && file.unknown === undefined) await this.folder.refresh(file.key, remoteFacts(file));
    await this.tools.changed();
    await this.add(run, plan.add, options.signal);
  }

  private async add(run: Run, adds: FolderPlan<RemoteFile>['add'], signal: AbortSignal): Promise<void> {
    const { progress, downloader, clock, changed, log } = this.tools;
    let failures = 0;
    for (const [at, { file, why }] of adds.entries()) {
      const { key } = file;
      try {
        if (signal.aborted) throw new Error('the process ends');
        if (failures >= MAX_FAILURES) throw new Error('the store does not answer');
        await this.checkSpace(file);
        progress.begin(this.folder.kind, key, at + 1, adds.length, file.size ?? 0);
        const { transferred, fromPeers, ...verified } = await downloader.download(file, this.peers, signal);
        await this.folder.install(verified, clock.now());
        progress.end();
        run.added(key, transferred, fromPeers);
        log.info(`${this.folder.kind}/${key} is cached (was ${why})`);
        failures = 0;
        await changed();
      } catch (error) {
        progress.end();
        if (error instanceof TransferError && error.status === undefined) failures++;
        if (this.folder.get(key) === undefined) run.missing(key, (error as Error).message);
        run.problem(`${this.folder.kind}/${key} is not downloaded: ${(error as Error).message}`);
      }
    }
  }

  /** The old file stays until the new one is complete, so both need space. */
  private async checkSpace({ size = 0 }: RemoteFile): Promise<void> {
    const { bavail, bsize } = await statfs(this.config.root);
    const free = bavail * bsize;
    if (free - size >= this.config.minFree) return;
    throw new Error(
      `the disk has ${formatByteSize(free)} free, the file needs ${formatByteSize(size)}, ` +
        `and ${formatByteSize(this.config.minFree)} stay free`,
    );
  }
}

const remoteFacts = ({ checksum, etag, modified, checksumEtag }: RemoteFile) => ({
  checksum,
  etag,
  modified,
  checksumEtag,
});

/** Collects the report of a run. */
class Run {
  private readonly lists = {
    added: [] as string[],
    removed: [] as string[],
    missing: [] as { key: string; why: string }[],
    skipped: [] as { id: string; reason: string }[],
    problems: [] as string[],
  };
  private downloadedBytes = 0;
  private peerBytes = 0;
  private apiCount = 0;
  chosen: readonly string[] = [];

  constructor(
    private readonly kind: string,
    private readonly startedAt: string,
    private readonly log: AppLogger,
  ) {}

  found({ files, skipped, missing, problems, apiCount }: WantedImages): void {
    this.chosen = files.map(({ key }) => key);
    this.apiCount = apiCount;
    this.lists.skipped.push(...skipped.map(({ id, reason }) => ({ id, reason })));
    this.lists.missing.push(...missing);
    for (const problem of problems) this.problem(problem);
  }

  added(key: string, bytes: number, fromPeers: number): void {
    this.lists.added.push(key);
    this.downloadedBytes += bytes;
    this.peerBytes += fromPeers;
  }

  removed(key: string): void {
    this.lists.removed.push(key);
    this.log.info(`${this.kind}/${key} is removed`);
  }

  missing(key: string, why: string): void {
    this.lists.missing.push({ key, why });
  }

  problem(text: string): void {
    this.lists.problems.push(text);
    this.log.warn(text);
  }

  report(endedAt: string, cached: number): FolderReport {
    const { startedAt, downloadedBytes, peerBytes, apiCount } = this;
    const unsynced = Math.max(apiCount - cached, 0);
    return { startedAt, endedAt, ...this.lists, downloadedBytes, peerBytes, apiCount, unsynced };
  }
}
