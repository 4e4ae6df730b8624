import type { CacheKind } from '../../config/image-cache-config.js';
import { Gauges } from '../../platform/telemetry/gauges.js';
import type { CacheFolder } from '../files/cache-folder.js';
import type { Served } from '../files/state-file.js';
import type { FolderReport } from '../sync/report.js';

type Readings = ConstructorParameters<typeof Gauges>[0];

/** What one cache served and fetched, under the names that existing dashboards know. */
export class ServingFigures {
  misses = 0;
  downloads = 0;
  /** Bytes of files from the disk to clients. */
  bytes = 0;
  private downloadedBytes = 0;
  private downloadedFiles = 0;
  private report: FolderReport | undefined;
  private readonly gauges: Gauges;

  /** `before`: what earlier processes served. */
  constructor(
    folder: CacheFolder,
    private readonly before: Served = { bytes: 0, downloads: 0, misses: 0 },
    report?: FolderReport,
  ) {
    this.report = report;
    this.gauges = new Gauges({
      current_cache_size: ['bytes of the cached files with their checksum files', () => folder.size],
      cache_misses: ['requests for files that are not cached', () => this.misses],
      ...this.readingsOf(folder),
    });
  }

  /** Takes over what a run did. */
  ran(report: FolderReport): void {
    this.report = report;
    this.downloadedBytes += report.downloadedBytes;
    this.downloadedFiles += report.added.length;
  }

  /** What was served ever. */
  get served(): Served {
    const { bytes, downloads, misses } = this.before;
    return { bytes: bytes + this.bytes, downloads: downloads + this.downloads, misses: misses + this.misses };
  }

  render(): ReturnType<Gauges['render']> {
    return this.gauges.render();
  }

  private readingsOf(folder: CacheFolder): Readings {
    const count = () => folder.files.size;
    const downloads = () => this.downloads;
    const kinds: Record<CacheKind, Readings> = {
      images: {
        cache_image_count: ['images in the cache', count],
        cache_unsynced_image_count: ['images of the API that are not cached', () => this.report?.unsynced ?? 0],
        cache_sync_downloaded_image_bytes: ['bytes that runs downloaded', () => this.downloadedBytes],
        cache_sync_downloaded_image_count: ['images that runs downloaded', () => this.downloadedFiles],
        cache_image_downloads: ['downloads of images by clients', downloads],
        metal_api_image_count: ['images in the API', () => this.report?.apiCount ?? 0],
      },
      kernels: {
        cache_kernel_count: ['kernels in the cache', count],
        cache_downloads: ['downloads of kernels by clients', downloads],
      },
      'boot-images': {
        cache_boot_images_count: ['boot images in the cache', count],
        cache_downloads: ['downloads of boot images by clients', downloads],
      },
    };
    return kinds[folder.kind];
  }
}
