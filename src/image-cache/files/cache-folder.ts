import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CacheKind } from '../../config/image-cache-config.js';
import { CHECKSUM_SUFFIX } from '../selection/object-key.js';
import { md5Of } from './file-record.js';
import type { FileRecord } from './file-record.js';

/** Bytes that are read at a time for a hash. */
const CHUNK = 1024 * 1024;
/** A checksum file is not longer. */
export const MAX_CHECKSUM = 4096;

/** A verified download, about to become a file of the cache. */
export interface Verified extends Omit<FileRecord, 'size' | 'mtimeMs' | 'checkedAt'> {
  /** Where it is now, on the same file system. */
  readonly path: string;
}

/**
 * The files of one cache below its folder. Only files with a record are served: those whose content was compared with a
 * checksum, or for kinds without one, those that were downloaded completely. Not for use by two processes at a time.
 */
export class CacheFolder {
  private readonly records = new Map<string, FileRecord>();
  /** Checked at the next run, whatever was remembered. */
  private readonly suspects = new Set<string>();

  constructor(
    readonly kind: CacheKind,
    readonly path: string,
    readonly hasChecksums: boolean,
    records: readonly FileRecord[] = [],
  ) {
    for (const record of records) this.records.set(record.key, record);
  }

  get(key: string): FileRecord | undefined {
    return this.records.get(key);
  }

  get files(): ReadonlyMap<string, FileRecord> {
    return this.records;
  }

  /** Bytes of all files with their checksum files. */
  get size(): number {
    let size = 0;
    for (const record of this.records.values()) size += record.size + Buffer.byteLength(record.checksum ?? '');
    return size;
  }

  /**
   * The file of a record, open for reading; undefined when it is not there, or was changed since it was verified, which
   * takes it out of service until it is verified again. The caller closes it.
   */
  async open(record: FileRecord): Promise<FileHandle | undefined> {
    let file: FileHandle | undefined;
    try {
      file = await open(this.pathOf(record.key), 'r');
      const { size, mtimeMs } = await file.stat();
      if (size === record.size && mtimeMs === record.mtimeMs) return file;
    } catch {
      // Not there, or not readable: as good as changed.
    }
    await file?.close();
    // A replacement may have come in the meantime.
    if (this.records.get(record.key) === record) this.suspects.add(record.key);
    return undefined;
  }

  get hasSuspects(): boolean {
    return this.suspects.size > 0;
  }

  /**
   * Compares what is remembered with the disk, hashing what was changed or not hashed for `interval` milliseconds, and
   * adopts files of an earlier process that have a matching checksum file, or need none. Returns the files that are not
   * verified: damaged ones and strangers. `warn` is called for each damaged one.
   */
  async verify(now: number, interval: number, warn: (message: string) => void): Promise<string[]> {
    const onDisk = await this.keysOnDisk();
    const present = new Set(onDisk);
    for (const key of [...this.records.keys()]) if (!present.has(key)) this.records.delete(key);
    const unverified: string[] = [];
    for (const key of onDisk) {
      const verified = await this.verified(key, now, interval).catch(() => undefined);
      if (verified !== undefined) {
        this.records.set(key, verified);
        continue;
      }
      if (this.records.delete(key)) warn(`${this.kind}/${key} is damaged on disk, so it is downloaded again`);
      unverified.push(key);
    }
    this.suspects.clear();
    return unverified;
  }

  /** Makes a verified download a file of the cache; one that is there is replaced at once. */
  async install({ path, ...file }: Verified, now: number): Promise<void> {
    const { key, checksum } = file;
    const target = this.pathOf(key);
    await mkdir(dirname(target), { recursive: true });
    // The store's time, so that all caches answer conditional requests alike.
    const modified = Date.parse(file.modified ?? '');
    if (Number.isFinite(modified)) await utimes(path, modified / 1000, modified / 1000);
    const { size, mtimeMs } = await stat(path);
    if (checksum !== undefined) {
      await writeFile(path + CHECKSUM_SUFFIX, checksum);
      await rename(path + CHECKSUM_SUFFIX, target + CHECKSUM_SUFFIX);
    }
    await rename(path, target);
    this.records.set(key, { ...file, size, mtimeMs, checkedAt: now });
    this.suspects.delete(key);
  }

  /** Takes over what the store says of an unchanged file. */
  async refresh(
    key: string,
    remote: Pick<FileRecord, 'checksum' | 'etag' | 'modified' | 'checksumEtag'>,
  ): Promise<void> {
    const record = this.records.get(key);
    if (record === undefined) return;
    if (remote.checksum !== undefined && remote.checksum !== record.checksum)
      await writeFile(this.pathOf(key) + CHECKSUM_SUFFIX, remote.checksum);
    const known = Object.entries(remote).filter(([, value]) => value !== undefined);
    this.records.set(key, { ...record, ...Object.fromEntries(known) });
  }

  /** Removes a file and its checksum file, then folders that are empty. */
  async remove(key: string): Promise<void> {
    this.records.delete(key);
    this.suspects.delete(key);
    await rm(this.pathOf(key), { force: true });
    await rm(this.pathOf(key) + CHECKSUM_SUFFIX, { force: true });
    await this.removeEmpty(dirname(key));
  }

  private async removeEmpty(folder: string): Promise<void> {
    if (folder === '.') return;
    try {
      await rmdir(join(this.path, folder));
      await this.removeEmpty(dirname(folder));
    } catch {
      // It is not empty.
    }
  }

  private async verified(key: string, now: number, interval: number): Promise<FileRecord | undefined> {
    const { size, mtimeMs } = await stat(this.pathOf(key));
    const record = this.records.get(key);
    const isUnchanged = record !== undefined && record.size === size && record.mtimeMs === mtimeMs;
    if (isUnchanged && now - record.checkedAt < interval && !this.suspects.has(key)) return record;
    const md5 = await hashFile(this.pathOf(key));
    if (record !== undefined) return md5 === record.md5 ? { ...record, size, mtimeMs, checkedAt: now } : undefined;
    if (!this.hasChecksums) return { key, size, mtimeMs, md5, checkedAt: now };
    const checksum = await readFile(this.pathOf(key) + CHECKSUM_SUFFIX, 'utf8');
    if (checksum.length > MAX_CHECKSUM || md5Of(checksum) !== md5) return undefined;
    return { key, size, mtimeMs, md5, checksum, checkedAt: now };
  }

  /** Regular files below the folder, without checksum files; links are not followed. */
  private async keysOnDisk(): Promise<string[]> {
    await mkdir(this.path, { recursive: true });
    const entries = await readdir(this.path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !(this.hasChecksums && entry.name.endsWith(CHECKSUM_SUFFIX)))
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path.length + 1))
      .sort();
  }

  private pathOf(key: string): string {
    return join(this.path, key);
  }
}

/** MD5 of a file's content, hexadecimal. */
async function hashFile(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
