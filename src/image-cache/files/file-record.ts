/** What is remembered of a file on disk that was verified. */
export interface FileRecord {
  readonly key: string;
  /** Bytes, and modification time in milliseconds, when it was verified; others mean that the file was changed since. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Hexadecimal. */
  readonly md5: string;
  /** Text of its checksum file, for kinds that have one. */
  readonly checksum?: string | undefined;
  /** `ETag` and `Last-Modified` of the file in the store, and `ETag` of its checksum file. */
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
  readonly checksumEtag?: string | undefined;
  /** When its content was hashed last, in milliseconds. */
  readonly checkedAt: number;
}

/** The MD5 that the text of a checksum file names: its first word; undefined when that is not an MD5. */
export function md5Of(checksum: string): string | undefined {
  const word = checksum.trimStart().split(/\s/, 1)[0]?.toLowerCase() ?? '';
  return /^[0-9a-f]{32}$/.test(word) ? word : undefined;
}
