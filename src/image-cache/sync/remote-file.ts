import type { WantedFile } from '../selection/folder-plan.js';

/** A file that should be cached, and what is known of it in the store. */
export interface RemoteFile extends WantedFile {
  /** Path of its URL, encoded: where a peer has it. */
  readonly path: string;
  readonly url: string;
  /** Bytes; undefined when the store does not say. */
  readonly size?: number | undefined;
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
  /** Text and `ETag` of its checksum file. */
  readonly checksum?: string | undefined;
  readonly checksumEtag?: string | undefined;
}
