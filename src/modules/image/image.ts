import type { Entity } from '../../shared/entity.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { References } from '../../shared/references.js';
import { constraint, parseConstraint, satisfies } from '../../shared/semver/constraint.js';
import { quoted } from '../../shared/text.js';
import { compareVersions, formatVersion, parseVersion, readVersion } from '../../shared/semver/version.js';
import type { Version } from '../../shared/semver/version.js';

/** What an image may be installed as. */
export type ImageFeature = 'machine' | 'firewall';
export type ImageClassification = 'preview' | 'supported' | 'deprecated';

const FEATURES: readonly string[] = ['machine', 'firewall'] satisfies ImageFeature[];
const CLASSIFICATIONS: readonly string[] = ['preview', 'supported', 'deprecated'] satisfies ImageClassification[];

/** How long an image lives when its creator does not say (reference/30 §5.2). */
const DEFAULT_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

/** An operating system image that machines are installed from. */
export interface Image extends Entity {
  readonly url: string;
  /** Sorted. */
  readonly features: readonly ImageFeature[];
  readonly classification: ImageClassification;
  readonly expirationDate: string;
  /** Derived from the id, like `version`; neither changes. */
  readonly os: string;
  /** Canonical text. */
  readonly version: string;
}

/** Who uses images: machines, by the full image id of their allocation. */
export class ImageReferences extends References {}

/** The two parts of an image id. */
export interface ImageName {
  readonly os: string;
  readonly version: Version;
}

/** Splits `<os>-<version>` at the last `-`. Throws `malformed`. */
export function parseImageId(id: string): ImageName {
  const dash = id.lastIndexOf('-');
  if (dash < 0)
    throw malformed(`image id ${quoted(id)} must have the form <os>-<version>, for example "ubuntu-24.04.20240401"`);
  return { os: id.slice(0, dash), version: parseVersion(id.slice(dash + 1)) };
}

/** Throws `malformed` for a feature that does not exist. */
export function imageFeatures(features: readonly string[]): ImageFeature[] {
  const unknown = features.find((feature) => !FEATURES.includes(feature));
  if (unknown !== undefined) throw malformed(`image feature "${unknown}" is none of ${FEATURES.join(', ')}`);
  return [...new Set(features as readonly ImageFeature[])].sort();
}

/** Throws `malformed` for a classification that does not exist. */
export function imageClassification(text: string): ImageClassification {
  if (!CLASSIFICATIONS.includes(text)) {
    throw malformed(`image classification "${text}" is none of ${CLASSIFICATIONS.join(', ')}`);
  }
  return text as ImageClassification;
}

/** Throws `malformed` for the id of an image that cannot be. */
export function identifyImage(id: string): Pick<Image, 'id' | 'os' | 'version'> {
  const { os, version } = parseImageId(id);
  return { id, os, version: formatVersion(version) };
}

/**
 * Checks version constraints per operating system as clients store them (reference/30 §0.6). Throws `malformed` for an
 * operating system `*` and for what is no constraint.
 */
export function checkImageConstraints(images: Readonly<Record<string, string>>): void {
  for (const [os, text] of Object.entries(images)) {
    if (os === '*') throw malformed('an image constraint must name an operating system, "*" is not allowed');
    parseConstraint(text);
  }
}

/** When an image expires that was created at `now` without saying. */
export const defaultExpiration = (now: number): string => new Date(now + DEFAULT_LIFETIME_MS).toISOString();

const isExpired = (image: Image, now: string): boolean => image.expirationDate <= now;

/** With a patch number an id stands for one version, without for all of its major and minor. */
export const isFull = ({ version }: ImageName): boolean => version.patch > 0n;

/**
 * What a requested id stands for, newest first: with a patch number exactly that version, without one every version of
 * the same major and minor (reference/30 §5.3). `candidates` are the images of the requested os.
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
 * The image that an allocation installs for a requested id. A short id prefers the newest image that has not expired,
 * so that an expired one is no longer handed out by accident; a full id, or a family that has expired altogether, still
 * works: a cluster must be able to replace a worker.
 */
export function resolveImage(name: ImageName, candidates: readonly Image[], now: string): Image | undefined {
  const matching = matchingImages(name, candidates);
  return matching.find((image) => !isExpired(image, now)) ?? matching[0];
}

const withVersion = (image: Image): { image: Image; version: Version }[] => {
  const version = readVersion(image.version);
  return version ? [{ image, version }] : [];
};

/** Expired images that nothing uses, but never the newest of its os (reference/30 §5.4). */
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
