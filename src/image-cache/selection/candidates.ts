import { quoteText } from '../../shared/text.js';
import { readImageVersion } from './image-version.js';
import type { ImageVersion } from './image-version.js';
import { keyOfUrl } from './object-key.js';

/** What the cache reads of an image of the API. */
export interface ApiImage {
  readonly id: string;
  readonly url: string;
  /** RFC 3339; absent is never. */
  readonly expirationDate?: string | null | undefined;
  /** Ids of the machines that are allocated with it. */
  readonly usedby?: readonly string[] | null;
}

/** An image that may be cached, as far as the API can say. */
export interface Candidate extends ImageVersion {
  readonly id: string;
  readonly url: string;
  readonly key: string;
  /** Allocated machines have it: their reinstallation needs it. */
  readonly inUse: boolean;
}

/** An image that is not cached, and why. */
export interface Skipped {
  readonly id: string;
  readonly reason: string;
  /** An operator should look at it. */
  readonly isError: boolean;
}

export interface CandidateRules {
  /** Parts of URLs that are not cached. */
  readonly excludes: readonly string[];
  /** Days after its expiration for which an image is kept. */
  readonly graceDays: number;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
}

const DAY_MS = 86_400_000;

/**
 * The images of the API that may be cached, in the order of the API; images with one key count once
 * (docs/reference/image-cache.md#choosing-images). An image that is in use is a candidate beyond its expiration. `now` in
 * milliseconds.
 */
export function findCandidates(images: readonly ApiImage[], rules: CandidateRules, now: number): Candidates {
  const byKey = new Map<string, Candidate>();
  const skipped: Skipped[] = [];
  for (const image of images) {
    const found = candidateOf(image, rules, now);
    if ('reason' in found) skipped.push(found);
    else byKey.set(found.key, merged(byKey.get(found.key), found));
  }
  return { candidates: [...byKey.values()], skipped };
}

function candidateOf(image: ApiImage, { excludes, graceDays }: CandidateRules, now: number): Candidate | Skipped {
  const { id, url } = image;
  const skip = (reason: string, isError = false): Skipped => ({ id, reason, isError });
  const inUse = (image.usedby?.length ?? 0) > 0;
  const excluded = excludes.find((text) => url.includes(text));
  if (excluded !== undefined) return skip(`its URL contains the excluded text ${quoteText(excluded)}`);
  if (!inUse && hasExpired(image, graceDays, now)) return skip(`expired at ${image.expirationDate}`);
  const version = readImageVersion(id);
  if (version === undefined) return skip('its id is not of the form os-version', true);
  const key = keyOfUrl(url);
  if (key === undefined) return skip(`its URL ${quoteText(url)} does not name a file`, true);
  return { ...version, id, url, key, inUse };
}

/** Of two images with one file the first counts, and it is in use when one of them is. */
const merged = (first: Candidate | undefined, second: Candidate): Candidate =>
  first === undefined ? second : { ...first, inUse: first.inUse || second.inUse };

/** A date that cannot be read never comes. */
function hasExpired({ expirationDate }: ApiImage, graceDays: number, now: number): boolean {
  const date = Date.parse(expirationDate ?? '');
  // Go's zero time stands for "never".
  return Number.isFinite(date) && date > 0 && now - date > graceDays * DAY_MS;
}
