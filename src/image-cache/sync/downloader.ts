import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { retry } from '../../shared/concurrency/backoff.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { MAX_CHECKSUM } from '../files/cache-folder.js';
import type { Verified } from '../files/cache-folder.js';
import { md5Of } from '../files/file-record.js';
import { PartFile } from '../files/part-file.js';
import { checksumUrl } from '../store/https-store.js';
import { infoOf, TransferError } from '../store/http-client.js';
import type { HttpClient, RemoteInfo } from '../store/http-client.js';
import type { RemoteFile } from './remote-file.js';
import type { SyncProgress } from './sync-progress.js';

/** Tells a cache that another cache asks: it answers from its disk or with 404, and asks no other peer. */
export const PEER_HEADER = 'x-metal-image-cache-peer';

/** Tries of the store for one file. */
const TRIES = 4;

export interface DownloaderOptions {
  /** Folder for downloads that are not complete. */
  readonly folder: string;
  /** Milliseconds between tries of the store. */
  readonly retryPause: number;
  readonly checkSha256: boolean;
}

export interface Downloaded extends Verified {
  /** Bytes that were transferred, and those of them that other caches sent. */
  readonly transferred: number;
  readonly fromPeers: number;
}

interface Source {
  readonly url: string;
  /** Host and port, for messages. */
  readonly name: string;
  readonly isPeer: boolean;
}

/** Downloads files completely or not at all; a download that broke off continues where it ended, also after a restart. */
export class Downloader {
  constructor(
    private readonly client: HttpClient,
    private readonly options: DownloaderOptions,
    private readonly progress: SyncProgress,
    private readonly log: AppLogger,
  ) {}

  /**
   * Downloads a file from a peer that has it, or from the store, and compares it with its checksum. Throws TransferError
   * when no source sends it, and any error of the disk; `signal` ends it early.
   */
  async download(file: RemoteFile, peers: readonly string[], signal: AbortSignal): Promise<Downloaded> {
    await mkdir(this.options.folder, { recursive: true });
    const part = await PartFile.open(this.partOf(file), this.options.checkSha256);
    const transfer = { part, file, signal, transferred: 0, fromPeers: 0, info: {} };
    try {
      const verified = await this.complete(transfer, peers);
      await part.sync();
      await part.close();
      return { ...verified, transferred: transfer.transferred, fromPeers: transfer.fromPeers };
    } catch (error) {
      // A full disk needs the space; everything else continues here.
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') await part.discard();
      else await part.close();
      throw error;
    }
  }

  /** Removes what broken downloads left that did not go on for `age` milliseconds. */
  async tidy(age: number): Promise<void> {
    const names = await readdir(this.options.folder).catch(() => []);
    for (const path of names.map((name) => join(this.options.folder, name))) {
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > age) await rm(path, { force: true, recursive: true });
    }
  }

  /** Another version in the store is another name, so that two versions never become one file. */
  private partOf({ key, size, md5, etag, modified }: RemoteFile): string {
    const id = createHash('sha256').update(JSON.stringify([key, size, md5, etag, modified]));
    return join(this.options.folder, `${id.digest('hex').slice(0, 32)}.part`);
  }

  private async complete(transfer: Transfer, peers: readonly string[]): Promise<Verified> {
    for (const peer of peers) {
      try {
        await this.transfer(transfer, { url: new URL(transfer.file.path, peer).href, name: peer, isPeer: true });
        return await this.verify(transfer);
      } catch (error) {
        if (transfer.signal.aborted || !(error instanceof TransferError)) throw error;
        if (!error.isMissing && error.status !== 412) this.log.warn(`asks the next source`, error);
      }
    }
    return this.fromStore(transfer);
  }

  private async fromStore(transfer: Transfer): Promise<Verified> {
    const { url } = transfer.file;
    const { retryPause } = this.options;
    const attempt = async (): Promise<Verified> => {
      await this.transfer(transfer, { url, name: new URL(url).host, isPeer: false });
      return this.verify(transfer);
    };
    return retry(attempt, {
      attempts: TRIES,
      least: retryPause,
      cap: 0,
      keepsAlive: true,
      signal: transfer.signal,
      isRetryable: (error, tries) => {
        const isFinal = !(error instanceof TransferError) || error.isMissing || transfer.signal.aborted;
        if (!isFinal && tries < TRIES) this.log.warn(`tries again in ${retryPause} ms`, error);
        return !isFinal;
      },
    });
  }

  /** Appends what is missing. */
  private async transfer(transfer: Transfer, source: Source): Promise<void> {
    const { part, file, signal } = transfer;
    if (file.size !== undefined && part.size > file.size) await part.restart();
    if (file.size !== undefined && part.size === file.size && file.size > 0) return;
    const { response, body } = await this.client.get(source.url, headersFor(part.size, file, source), signal);
    const size = await this.accept(part, file, source, response);
    this.progress.source(source.name, part.size);
    for await (const chunk of body) {
      if (part.size + chunk.length > size) throw new TransferError(`${source.url} sends more than ${size} bytes`);
      await part.write(chunk);
      transfer.transferred += chunk.length;
      if (source.isPeer) transfer.fromPeers += chunk.length;
      this.progress.update(part.size);
    }
    if (part.size !== size) throw new TransferError(`${source.url} ends after ${part.size} of ${size} bytes`);
    if (!source.isPeer) transfer.info = infoOf(response);
  }

  /** Whether the answer continues the file or begins it anew; returns the size of the whole file. */
  private async accept(part: PartFile, file: RemoteFile, { url, isPeer }: Source, response: Response): Promise<number> {
    const { size: length, modified } = infoOf(response);
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
    const isPartial = response.status === 206;
    if (length === undefined) throw new TransferError(`${url} does not say how long it is`);
    if (isPartial && Number(range?.[1]) !== part.size)
      throw new TransferError(`${url} sends another part than asked for`);
    if (!isPartial && response.status !== 200)
      throw new TransferError(`${url} answers ${response.status}`, response.status);
    const size = isPartial ? Number(range![2]) : length;
    if (file.size !== undefined && size !== file.size)
      throw new TransferError(`${url} has ${size} bytes, expected ${file.size}`);
    // Without a checksum the time is all that tells two versions of one size apart.
    if (isPeer && file.md5 === undefined && modified !== file.modified)
      throw new TransferError(`${url} is of another time`, 412);
    if (!isPartial && part.size > 0) await part.restart();
    return size;
  }

  /** Compares with the checksum; wrong bytes are thrown away. */
  private async verify({ part, file, info }: Transfer): Promise<Verified> {
    const { key, path: _path, url, etag = info.etag, modified = info.modified, checksumEtag } = file;
    const { md5, sha256 } = part.digests();
    try {
      // The store may have replaced the file since it was asked.
      const checksum = md5 === file.md5 ? file.checksum : await this.checksumAgain(file);
      if (checksum !== undefined && md5Of(checksum) !== md5)
        throw new TransferError(`${url} has the MD5 ${md5}, expected ${md5Of(checksum)}`);
      if (sha256 !== undefined && file.md5 !== undefined) await this.checkSha256(url, sha256);
      return { key, path: part.path, md5, checksum, etag, modified, checksumEtag };
    } catch (error) {
      await part.restart();
      throw error;
    }
  }

  private async checksumAgain({ url, md5 }: RemoteFile): Promise<string | undefined> {
    return md5 === undefined ? undefined : this.client.text(checksumUrl(url), MAX_CHECKSUM);
  }

  private async checkSha256(url: string, sha256: string): Promise<void> {
    const text = await this.client.text(checksumUrl(url, '.sha256'), MAX_CHECKSUM);
    if (text.trimStart().split(/\s/, 1)[0]?.toLowerCase() === sha256) return;
    throw new TransferError(`${url} has the SHA-256 ${sha256}, which its checksum file does not name`);
  }
}

interface Transfer {
  readonly part: PartFile;
  readonly file: RemoteFile;
  readonly signal: AbortSignal;
  transferred: number;
  fromPeers: number;
  /** What the store's answer said. */
  info: Omit<RemoteInfo, 'size'>;
}

function headersFor(offset: number, { etag, md5 }: RemoteFile, { isPeer }: Source): Record<string, string> {
  const isStrong = etag !== undefined && !etag.startsWith('W/');
  return {
    ...(offset > 0 && { range: `bytes=${offset}-` }),
    ...(offset > 0 && !isPeer && isStrong && { 'if-range': etag }),
    // Caches have the MD5 for ETag: one with another version refuses.
    ...(isPeer && { [PEER_HEADER]: '1', ...(md5 !== undefined && { 'if-match': `"${md5}"` }) }),
  };
}
