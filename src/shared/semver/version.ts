import { quoted } from '../text.js';
import { malformed } from '../errors/domain-error.js';

/**
 * A version number, read leniently: `20.04` is 20.4.0 (reference/30 §0.6). Parts are 64 bit unsigned, hence BigInt.
 * Not the dialect of npm's semver, which knows neither missing parts nor leading zeros.
 */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Identifiers of the prerelease; empty for a release. */
  readonly prerelease: readonly string[];
  /** Build metadata; ignored by comparisons. */
  readonly metadata: string;
  /** Which trailing parts the text left out; they count as 0. */
  readonly missing: 'minor' | 'patch' | undefined;
}

const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const PATTERN = new RegExp(
  `^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`,
);
const LIMIT = 2n ** 64n;

/** Characters of a version: reading the number costs the square of its digits. */
export const MAX_VERSION_LENGTH = 256;

/** The version in `text`, or undefined when it is none, or longer than `MAX_VERSION_LENGTH`. */
export function readVersion(text: string): Version | undefined {
  if (text.length > MAX_VERSION_LENGTH) return undefined;
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, major = '0', minor, patch, prerelease, metadata = ''] = match;
  const numbers = [major, minor ?? '0', patch ?? '0'].map(BigInt);
  if (numbers.some((number) => number >= LIMIT)) return undefined;
  return {
    ...release(...(numbers as [bigint, bigint, bigint])),
    prerelease: prerelease?.split('.') ?? [],
    metadata,
    missing: minor === undefined ? 'minor' : patch === undefined ? 'patch' : undefined,
  };
}

/** The version in `text`; throws `malformed` when it is none. */
export function parseVersion(text: string): Version {
  const version = readVersion(text);
  if (version) return version;
  const expected = 'expected for example "20.04" or "3.0.20240101"';
  if (text.length > MAX_VERSION_LENGTH) {
    throw malformed(`${quoted(text, 40)} has more than ${MAX_VERSION_LENGTH} characters, ${expected}`);
  }
  throw malformed(`${quoted(text)} is not a version number, ${expected}`);
}

/** A fully given version without prerelease and metadata. */
export const release = (major: bigint, minor: bigint, patch: bigint): Version => ({
  major,
  minor,
  patch,
  prerelease: [],
  metadata: '',
  missing: undefined,
});

/** Canonical text: all three numbers without leading zeros, then prerelease and metadata. */
export function formatVersion({ major, minor, patch, prerelease, metadata }: Version): string {
  const suffix = (prerelease.length ? `-${prerelease.join('.')}` : '') + (metadata ? `+${metadata}` : '');
  return `${major}.${minor}.${patch}${suffix}`;
}

/** Negative when `a` is lower, positive when it is higher, 0 when equal but for metadata. */
export function compareVersions(a: Version, b: Version): number {
  return (
    order(a.major, b.major) ||
    order(a.minor, b.minor) ||
    order(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  // A prerelease is lower than its release.
  if (!a.length || !b.length) return b.length - a.length;
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = compareIdentifiers(a[index] ?? '', b[index] ?? '');
    if (difference) return difference;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [numericA, numericB] = [a, b].map((text) => /^[0-9]+$/.test(text));
  if (numericA && numericB) return order(BigInt(a), BigInt(b));
  // Numbers are lower than words.
  if (numericA !== numericB) return numericA ? -1 : 1;
  return order(a, b);
}

const order = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
