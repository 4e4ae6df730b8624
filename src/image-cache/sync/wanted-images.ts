import type { ImageCacheConfig } from '../../config/image-cache-config.js';
import { pluralize } from '../../shared/text.js';
import { formatByteSize } from '../../config/byte-size.js';
import type { CacheFolder } from '../files/cache-folder.js';
import { findCandidates } from '../selection/candidates.js';
import type { Candidate, Skipped } from '../selection/candidates.js';
import { chooseImages } from '../selection/choose-images.js';
import type { Chosen } from '../selection/choose-images.js';
import { pathOfKey } from '../selection/object-key.js';
import type { ImageStore, StoreAnswer } from '../store/image-store.js';
import { listImages } from './api-lists.js';
import type { ImageApi } from './api-lists.js';
import type { RemoteFile } from './remote-file.js';

/** What one folder should have, and what was left out. */
export interface WantedImages {
  readonly files: readonly RemoteFile[];
  readonly skipped: readonly Skipped[];
  /** Wanted, but not to be had at the moment. */
  readonly missing: readonly { readonly key: string; readonly why: string }[];
  readonly problems: readonly string[];
  /** Lengths of the lists that decide, by what they list. */
  readonly lengths: Readonly<Record<string, number>>;
  /** Entries of the API's list. */
  readonly apiCount: number;
}

/** Finds out which OS images should be cached. Throws when API or store as a whole cannot be asked. */
export async function wantedImages(
  api: ImageApi,
  store: ImageStore,
  folder: CacheFolder,
  config: ImageCacheConfig,
  now: number,
): Promise<WantedImages> {
  const images = await listImages(api);
  const { candidates, skipped } = findCandidates(images, config, now);
  const { answers, listed } = await store.find(candidates);
  const available = candidates.filter((one) => sizeOf(one, answers.get(one.key), folder) !== undefined);
  const choice = chooseImages(available, (one) => sizeOf(one, answers.get(one.key), folder)!, config.limits);
  const absent = candidates.filter((one) => !available.includes(one));
  const reasons = absent.map((one) => ({ key: one.key, id: one.id, why: reasonOf(answers.get(one.key)) }));
  return {
    files: choice.chosen.toSorted(byImportance).map((one) => remoteFile(one, answers.get(one.key)!)),
    skipped: [...skipped, ...choice.dropped],
    missing: reasons.map(({ key, why }) => ({ key, why })),
    problems: [
      ...skipped.filter(({ isError }) => isError).map(({ id, reason }) => `image ${id} is not cached: ${reason}`),
      ...reasons.map(({ id, why }) => `image ${id} is not cached: ${why}`),
      ...(choice.exceedsLimit ? [sizeWarning(choice.size, choice.chosen.length, config.limits.maxCacheSize)] : []),
    ],
    lengths: {
      'images in the API': images.length,
      ...(listed === undefined ? {} : { 'objects in the store': listed }),
      'images in the store': candidates.filter(({ key }) => !('missing' in answers.get(key)!)).length,
    },
    apiCount: images.length,
  };
}

/** Bytes; a file that is cached counts also when the store cannot be asked, or has lost it while a machine uses it. */
function sizeOf(one: Candidate, answer: StoreAnswer | undefined, folder: CacheFolder): number | undefined {
  if (answer !== undefined && 'size' in answer) return answer.size;
  const isKept = (answer !== undefined && 'unknown' in answer) || one.inUse;
  return isKept ? folder.get(one.key)?.size : undefined;
}

function remoteFile({ key, url }: Chosen, answer: StoreAnswer): RemoteFile {
  const path = pathOfKey(key);
  return 'size' in answer ? { key, path, ...answer } : { key, path, url, unknown: reasonOf(answer) };
}

const reasonOf = (answer: StoreAnswer | undefined): string =>
  answer === undefined || 'size' in answer ? 'unknown' : 'missing' in answer ? answer.missing : answer.unknown;

const sizeWarning = (size: number, count: number, limit: number): string =>
  `${pluralize(count, 'image')} of together ${formatByteSize(size)} exceed the maximum of ${formatByteSize(limit)}, and ` +
  'none can be dropped without going below the minimum of a group';

/** In which order they are downloaded: what machines use, then the newest of each group, then the rest. */
const byImportance = (a: Chosen, b: Chosen): number => rank(a) - rank(b);
const rank = ({ inUse, newest }: Chosen): number => (inUse ? 0 : newest ? 1 : 2);
