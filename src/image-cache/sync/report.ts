/** What a run found and did in one folder, for `metal-api image-cache status`. */
export interface FolderReport {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Wanted and not cached, and why. */
  readonly missing: readonly { readonly key: string; readonly why: string }[];
  /** Images of the API that are not to be cached, and why. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
  /** What an operator should look at. */
  readonly problems: readonly string[];
  readonly downloadedBytes: number;
  /** Of these, bytes that came from other caches. */
  readonly peerBytes: number;
  /** Entries of the API's list, whether chosen or not, and how many of them are not cached. */
  readonly apiCount: number;
  readonly unsynced: number;
}

/** The download that is under way. */
export interface DownloadProgress {
  readonly folder: string;
  readonly key: string;
  /** The how manieth file of how many. */
  readonly file: number;
  readonly files: number;
  readonly bytes: number;
  readonly size: number;
  /** Bytes per second. */
  readonly rate: number;
  readonly from: string;
}
