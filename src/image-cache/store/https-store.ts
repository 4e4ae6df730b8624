import { mapConcurrently } from '../../shared/concurrency/concurrency-limit.js';
import type { Candidate } from '../selection/candidates.js';
import { CHECKSUM_SUFFIX, pathOfKey } from '../selection/object-key.js';
import type { HttpClient } from './http-client.js';
import { TransferError } from './http-client.js';
import type { ImageStore, StoreAnswer, StoreAnswers } from './image-store.js';

/** Requests at a time. */
const WIDTH = 8;

/** A store that is asked image by image, at the images' own URLs or below another base URL. */
export class HttpsStore implements ImageStore {
  constructor(
    private readonly client: HttpClient,
    private readonly baseUrl?: string,
  ) {}

  async find(candidates: readonly Candidate[]): Promise<StoreAnswers> {
    const found = await mapConcurrently(candidates, WIDTH, async (one) => [one.key, await this.ask(one)] as const);
    return { answers: new Map(found) };
  }

  private async ask({ key, url }: Candidate): Promise<StoreAnswer> {
    const source = sourceUrl(url, key, this.baseUrl);
    try {
      const [data, checksum] = await Promise.all([this.client.head(source), this.client.head(checksumUrl(source))]);
      if (data.size === undefined) return { unknown: `${source} does not say how long it is` };
      return { url: source, ...data, size: data.size, checksumEtag: checksum.etag };
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      return error.isMissing ? { missing: error.message } : { unknown: error.message };
    }
  }
}

/**
 * Where a file is downloaded from. Images are registered with `http://` URLs, which lead to the cache itself inside the
 * partition; the store is asked by HTTPS.
 */
export function sourceUrl(url: string, key: string, baseUrl?: string): string {
  if (baseUrl !== undefined) return new URL(pathOfKey(key), baseUrl).href;
  const source = new URL(url);
  if (source.protocol === 'http:' && source.port === '') source.protocol = 'https:';
  return source.href;
}

/** The URL of the checksum file. */
export function checksumUrl(url: string, suffix = CHECKSUM_SUFFIX): string {
  const checksum = new URL(url);
  checksum.pathname += suffix;
  return checksum.href;
}
