import type { CacheKind } from '../../config/image-cache-config.js';
import type { Served } from '../files/state-file.js';
import type { FolderReport, DownloadProgress } from '../sync/report.js';

/** What `metal-api image-cache status` shows of one cache. */
export interface FolderStatus {
  readonly kind: CacheKind;
  /** Keys with their sizes in bytes. */
  readonly cached: readonly { readonly key: string; readonly size: number }[];
  readonly served: Served;
  readonly report?: FolderReport | undefined;
}

export interface CacheStatus {
  readonly folders: readonly FolderStatus[];
  /** A run is active. */
  readonly isSyncing: boolean;
  readonly download?: DownloadProgress | undefined;
  /** ISO 8601. */
  readonly nextRun?: string | undefined;
}
