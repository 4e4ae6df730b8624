import { compareVersions } from '../../shared/semver/version.js';
import type { Candidate, Skipped } from './candidates.js';

/** How much may be cached. */
export interface CacheLimits {
  /** Bytes of all images together that are not reached while there is something to drop. */
  readonly maxCacheSize: number;
  /** Images of a group that are kept in any case. */
  readonly minPerName: number;
  /** Images of a group that are kept at most; negative is unlimited. */
  readonly maxPerName: number;
}

/** An image to cache. */
export interface Chosen extends Candidate {
  /** Bytes. */
  readonly size: number;
  /** The newest of its group. */
  readonly newest: boolean;
}

export interface Choice {
  /** By os, then version ascending. */
  readonly chosen: readonly Chosen[];
  readonly dropped: readonly Skipped[];
  /** Bytes of the chosen images. */
  readonly size: number;
  readonly exceedsLimit: boolean;
}

/**
 * The images to cache (docs/reference/image-cache.md#choosing-images, from step 4): of each group the newest, up to its
 * maximum; and while all together reach the size limit, the group with the most images loses its oldest one. The newest
 * image of a group and images in use are not dropped. `sizeOf` is the size in the store in bytes.
 */
export function chooseImages(
  candidates: readonly Candidate[],
  sizeOf: (candidate: Candidate) => number,
  limits: CacheLimits,
): Choice {
  const dropped: Skipped[] = [];
  const groups = new Map<string, Chosen[]>();
  for (const [group, members] of grouped(candidates, sizeOf)) {
    const kept = members.filter(({ inUse }, at) => inUse || limits.maxPerName <= 0 || at < limits.maxPerName);
    groups.set(group, kept);
    dropped.push(...members.filter((member) => !kept.includes(member)).map(tooMany(limits.maxPerName)));
  }
  let size = sum([...groups.values()].flat());
  while (size >= limits.maxCacheSize) {
    const victim = nextVictim(groups, limits.minPerName);
    if (victim === undefined) break;
    groups.set(
      victim.group,
      groups.get(victim.group)!.filter((member) => member !== victim),
    );
    size -= victim.size;
    dropped.push({ id: victim.id, reason: 'the cache would exceed its maximum size', isError: false });
  }
  const chosen = [...groups.values()].flat().sort(byOsAndVersion);
  return { chosen, dropped, size, exceedsLimit: size >= limits.maxCacheSize && chosen.length > 0 };
}

/** Groups of images, each newest first. */
function grouped(candidates: readonly Candidate[], sizeOf: (candidate: Candidate) => number): Map<string, Chosen[]> {
  const groups = new Map<string, Chosen[]>();
  for (const candidate of [...candidates].sort(byOsAndVersion).reverse()) {
    const members = groups.get(candidate.group) ?? [];
    groups.set(candidate.group, members);
    members.push({ ...candidate, size: sizeOf(candidate), newest: members.length === 0 });
  }
  return groups;
}

/** The oldest image that may go of the group that has the most; of equal groups, the first by name. */
function nextVictim(groups: ReadonlyMap<string, readonly Chosen[]>, minPerName: number): Chosen | undefined {
  return [...groups.entries()]
    .filter(([, members]) => members.length > minPerName && members.length > 1)
    .sort(([a, x], [b, y]) => y.length - x.length || textOrder(a, b))
    .map(([, members]) => members.findLast(({ inUse, newest }) => !inUse && !newest))
    .find((victim) => victim !== undefined);
}

const tooMany =
  (maxPerName: number) =>
  ({ id, group }: Chosen): Skipped => ({
    id,
    reason: `${group} has ${maxPerName} newer images, the maximum of a group`,
    isError: false,
  });

const byOsAndVersion = (a: Candidate, b: Candidate): number =>
  textOrder(a.os, b.os) || compareVersions(a.version, b.version) || textOrder(a.id, b.id);

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sum = (images: readonly Chosen[]): number => images.reduce((total, { size }) => total + size, 0);
