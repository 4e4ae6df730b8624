import { mapConcurrently } from '../../shared/concurrency/concurrency-limit.js';
import type { CacheFolder } from '../files/cache-folder.js';
import type { FileRecord } from '../files/file-record.js';
import { keyOfUrl, pathOfKey } from '../selection/object-key.js';
import { TransferError } from '../store/http-client.js';
import type { HttpClient, RemoteInfo } from '../store/http-client.js';
import { checksumUrl, sourceUrl } from '../store/https-store.js';
import type { ApiPartition } from './api-lists.js';
import type { RemoteFile } from './remote-file.js';
import type { WantedImages } from './wanted-images.js';

const WIDTH = 4;

/**
 * The kernels or boot images of partitions. Boot images have a checksum file; of a kernel, size, `ETag` and
 * `Last-Modified` say whether the store has another one.
 */
export async function wantedBootFiles(
  partitions: readonly ApiPartition[],
  client: HttpClient,
  folder: CacheFolder,
  excludes: readonly string[],
): Promise<WantedImages> {
  const urls = urlsOf(partitions, folder.hasChecksums);
  const included = urls.filter((url) => !excludes.some((text) => url.includes(text)));
  const unusable = included.filter((url) => keyOfUrl(url) === undefined);
  const byKey = new Map(included.toReversed().map((url) => [keyOfUrl(url), url]));
  byKey.delete(undefined);
  const asked = await mapConcurrently([...byKey], WIDTH, ([key, url]) => ask(key!, url, client, folder));
  return {
    files: asked.filter((one) => 'path' in one),
    skipped: unusable.map((url) => ({ id: url, reason: 'its URL does not name a file', isError: true })),
    missing: asked.filter((one) => 'why' in one),
    problems: [
      ...unusable.map((url) => `${url} is not cached: it does not name a file`),
      ...asked.flatMap((one) => ('why' in one ? [`${one.key} is not cached: ${one.why}`] : [])),
      ...asked.flatMap((one) => ('unknown' in one && one.unknown !== undefined ? [one.unknown] : [])),
    ],
    lengths: { 'partitions in the API': partitions.length },
    apiCount: urls.length,
  };
}

function urlsOf(partitions: readonly ApiPartition[], bootImages: boolean): string[] {
  const urls = partitions.map(({ bootconfig }) => (bootImages ? bootconfig?.imageurl : bootconfig?.kernelurl));
  return [...new Set(urls.filter((url) => typeof url === 'string' && url !== ''))] as string[];
}

async function ask(
  key: string,
  url: string,
  client: HttpClient,
  folder: CacheFolder,
): Promise<RemoteFile | { readonly key: string; readonly why: string }> {
  const source = sourceUrl(url, key);
  const file = { key, path: pathOfKey(key), url: source };
  const record = folder.get(key);
  try {
    const info = await client.head(source);
    const checksum = folder.hasChecksums ? await client.head(checksumUrl(source)) : undefined;
    return {
      ...file,
      ...info,
      checksumEtag: checksum?.etag,
      changed: record !== undefined && hasChanged(info, record),
    };
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    if (record === undefined && (folder.hasChecksums || error.isMissing)) return { key, why: error.message };
    // Some servers refuse HEAD only: a kernel is tried, and a file that is there stays.
    return record === undefined ? file : { ...file, unknown: error.message };
  }
}

/** What neither side knows says nothing. */
function hasChanged(info: RemoteInfo, record: FileRecord): boolean {
  const differ = (a: unknown, b: unknown): boolean => a !== undefined && b !== undefined && a !== b;
  return (
    differ(info.size, record.size) ||
    (differ(info.etag, record.etag) && info.modified !== record.modified) ||
    differ(info.modified, record.modified)
  );
}
