import type { Entity } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { References } from '../../shared/references.js';
import { constraint, parseConstraint, satisfies } from '../../shared/semver/constraint.js';
import { quoteText } from '../../shared/text.js';
import { compareVersions, formatVersion, parseVersion, tryParseVersion } from '../../shared/semver/version.js';
import type { Version } from '../../shared/semver/version.js';

/** Allocation roles that an image can be installed for. */
export type ImageFeature = 'machine' | 'firewall';
export type ImageClassification = 'preview' | 'supported' | 'deprecated';

const FEATURES: readonly string[] = ['machine', 'firewall'] satisfies ImageFeature[];
const CLASSIFICATIONS: readonly string[] = ['preview', 'supported', 'deprecated'] satisfies ImageClassification[];

/** Default lifetime of an image (docs/reference/images.md#create-an-image). */
const DEFAULT_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

/** An operating system image that machines are installed from. */
export interface Image extends Entity {
  readonly url: string;
  /** Sorted. */
  readonly features: readonly ImageFeature[];
  readonly classification: ImageClassification;
  readonly expirationDate: string;
  /** Derived from the ID, like `version`; both are immutable. */
  readonly os: string;
  /** Canonical version. */
  readonly version: string;
}

/** Features that use images: machines, by the full image ID of their allocation. */
export class ImageReferences extends References {}

/** The two parts of an image ID. */
export interface ImageName {
  readonly os: string;
  readonly version: Version;
}

/** Splits `<os>-<version>` at the last `-`. Throws `malformed`. */
export function parseImageId(id: string): ImageName {
  const dash = id.lastIndexOf('-');
  if (dash < 0)
    throw malformed(`image id ${quoteText(id)} must have the form <os>-<version>, for example "ubuntu-24.04.20240401"`);
  return { os: id.slice(0, dash), version: parseVersion(id.slice(dash + 1)) };
}

/** Throws `malformed` for an unknown feature. */
export function imageFeatures(features: readonly string[]): ImageFeature[] {
  const unknown = features.find((feature) => !FEATURES.includes(feature));
  if (unknown !== undefined)
    throw malformed(`image feature ${quoteText(unknown, 60)} is unknown, expected one of ${FEATURES.join(', ')}`);
  return [...new Set(features as readonly ImageFeature[])].sort();
}

/** Throws `malformed` for an unknown classification. */
export function imageClassification(text: string): ImageClassification {
  if (!CLASSIFICATIONS.includes(text)) {
    throw malformed(
      `image classification ${quoteText(text, 60)} is unknown, expected one of ${CLASSIFICATIONS.join(', ')}`,
    );
  }
  return text as ImageClassification;
}

/** Throws `malformed` for an invalid image ID. */
export function identifyImage(id: string): Pick<Image, 'id' | 'os' | 'version'> {
  const { os, version } = parseImageId(id);
  return { id, os, version: formatVersion(version) };
}

/**
 * Checks version constraints per operating system
 * (docs/reference/catalog-conventions.md#versions-and-version-constraints). Throws `malformed` for the operating system
 * `*` and for an invalid constraint.
 */
export function checkImageConstraints(images: Readonly<Record<string, string>>): void {
  for (const [os, text] of Object.entries(images)) {
    if (os === '*') throw malformed('an image constraint must name an operating system, "*" is not allowed');
    parseConstraint(text);
  }
}

/** Default expiration time of an image created at `now`. */
export const defaultExpiration = (now: number): string => new Date(now + DEFAULT_LIFETIME_MS).toISOString();

const isExpired = (image: Image, now: string): boolean => image.expirationDate <= now;

/** An ID with a patch number denotes one version; without, all versions with the same major and minor number. */
export const isFull = ({ version }: ImageName): boolean => version.patch > 0n;

/**
 * The images that a requested ID denotes, newest first: with a patch number exactly that version, without one every
 * version with the same major and minor number (docs/reference/images.md#resolution). `candidates` are the images of
 * the requested operating system.
 */
export function matchingImages(name: ImageName, candidates: readonly Image[]): Image[] {
  const wanted = constraint(isFull(name) ? '=' : '~', { ...name.version, missing: undefined });
  return candidates
    .flatMap((image) => withVersion(image))
    .filter((candidate) => satisfies(candidate.version, wanted))
    .sort((a, b) => compareVersions(b.version, a.version) || (a.image.id < b.image.id ? -1 : 1))
    .map(({ image }) => image);
}

/**
 * The image that an allocation installs for a requested ID. A short ID prefers the newest image that has not expired,
 * so that expired images are not used by accident. A full ID, or a family in which all images have expired, still
 * works: a cluster must be able to replace a worker.
 */
export function resolveImage(name: ImageName, candidates: readonly Image[], now: string): Image | undefined {
  const matching = matchingImages(name, candidates);
  return matching.find((image) => !isExpired(image, now)) ?? matching[0];
}

const withVersion = (image: Image): { image: Image; version: Version }[] => {
  const version = tryParseVersion(image.version);
  return version ? [{ image, version }] : [];
};

/** Expired, unused images, except for the newest one of each operating system (docs/reference/images.md#clean-up). */
export function orphanImages(images: readonly Image[], isUsed: (id: string) => boolean, now: string): Image[] {
  const newestFirst = images.flatMap(withVersion).sort((a, b) => compareVersions(b.version, a.version));
  const seen = new Set<string>();
  return newestFirst
    .map(({ image }) => image)
    .filter((image) => {
      const newest = !seen.has(image.os);
      seen.add(image.os);
      return !newest && isExpired(image, now) && !isUsed(image.id);
    });
}
