import { quoteText } from '../text.js';
import { malformed } from '../errors/domain-error.js';

/**
 * A version number, parsed leniently: `20.04` is 20.4.0
 * (docs/reference/catalog-conventions.md#versions-and-version-constraints). Parts are unsigned 64-bit, hence BigInt.
 * Differs from npm's semver, which allows neither missing parts nor leading zeros.
 */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Identifiers of the prerelease; empty for a release. */
  readonly prerelease: readonly string[];
  /** Build metadata; ignored by comparisons. */
  readonly metadata: string;
  /** The first part that is missing in the text; missing parts count as 0. */
  readonly missing: 'minor' | 'patch' | undefined;
}

const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const PATTERN = new RegExp(
  `^v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?$`,
);
const LIMIT = 2n ** 64n;

/** Maximum length of a version; limited because parsing a number takes time quadratic in its digits. */
export const MAX_VERSION_LENGTH = 256;

/** Parses a version; returns undefined if the text is not a version or is longer than `MAX_VERSION_LENGTH`. */
export function tryParseVersion(text: string): Version | undefined {
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

/** Parses a version; throws `malformed` if the text is not a version or is too long. */
export function parseVersion(text: string): Version {
  const version = tryParseVersion(text);
  if (version) return version;
  const expected = 'expected for example "20.04" or "3.0.20240101"';
  if (text.length > MAX_VERSION_LENGTH) {
    throw malformed(`${quoteText(text, 40)} has more than ${MAX_VERSION_LENGTH} characters, ${expected}`);
  }
  throw malformed(`${quoteText(text)} is not a version number, ${expected}`);
}

/** Creates a complete version without prerelease and metadata. */
export const release = (major: bigint, minor: bigint, patch: bigint): Version => ({
  major,
  minor,
  patch,
  prerelease: [],
  metadata: '',
  missing: undefined,
});

/** Formats the canonical text: all three numbers without leading zeros, then prerelease and metadata. */
export function formatVersion({ major, minor, patch, prerelease, metadata }: Version): string {
  const suffix = (prerelease.length ? `-${prerelease.join('.')}` : '') + (metadata ? `+${metadata}` : '');
  return `${major}.${minor}.${patch}${suffix}`;
}

/** Returns a negative number if `a` is lower, a positive one if it is higher, 0 if they differ at most in metadata. */
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
