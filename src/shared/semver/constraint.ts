import { quoteText } from '../text.js';
import { malformed } from '../errors/domain-error.js';
import { compareVersions, parseVersion, release } from './version.js';
import type { Version } from './version.js';

/** One end of a range; `undefined` means unbounded. */
interface Bound {
  readonly version: Version;
  readonly inclusive: boolean;
}

interface Range {
  readonly from?: Bound;
  readonly to?: Bound;
}

/**
 * A condition on versions such as `>= 20.04`, as the ranges that it admits
 * (docs/reference/catalog-conventions.md#versions-and-version-constraints).
 */
export interface Constraint {
  readonly ranges: readonly Range[];
  /** Prereleases satisfy only constraints that name one themselves, and `*`. */
  readonly prereleases: boolean;
}

const OPERATORS = ['=', '!=', '>', '<', '>=', '=>', '<=', '=<', '~', '~>', '^'] as const;
type Operator = (typeof OPERATORS)[number];

/**
 * Parses a constraint: `*`, a version, or an operator and a version separated by one blank. Throws `malformed` for
 * anything else, including wildcards, lists and hyphen ranges
 * (docs/reference/catalog-conventions.md#versions-and-version-constraints).
 */
export function parseConstraint(text: string): Constraint {
  if (text.trim() === '*') return { ranges: [{}], prereleases: true };
  const blank = text.indexOf(' ');
  const operator = blank < 0 ? '=' : text.slice(0, blank);
  if (!isOperator(operator)) {
    throw malformed(
      `${quoteText(text, 60)} is not a version constraint: operator ${quoteText(operator, 60)}, ` +
        `expected one of ${OPERATORS.join(' ')}`,
    );
  }
  return constraint(operator, parseVersion(text.slice(blank + 1)));
}

const isOperator = (text: string): text is Operator => (OPERATORS as readonly string[]).includes(text);

/** Creates the constraint `operator version`, e.g. a tilde constraint on a complete version. */
export const constraint = (operator: Operator, version: Version): Constraint => ({
  ranges: rangesOf(operator, version),
  prereleases: version.prerelease.length > 0,
});

/** Whether `version` satisfies the constraint. */
export function satisfies(version: Version, { ranges, prereleases }: Constraint): boolean {
  if (version.prerelease.length && !prereleases) return false;
  return ranges.some((range) => contains(range, version));
}

/** Whether any release satisfies both constraints. Adjacent ranges (`< 20.04` and `>= 20.04`) do not overlap. */
export const overlap = (a: Constraint, b: Constraint): boolean =>
  a.ranges.some((one) => b.ranges.some((other) => meet(one, other)));

function rangesOf(operator: Operator, version: Version): readonly Range[] {
  const here: Bound = { version, inclusive: true };
  const past: Bound = { version, inclusive: false };
  // The range of an incomplete version (`1`, `1.2`) ends where the next major or minor version begins.
  const end = version.missing && (version.missing === 'minor' ? majorAfter(version) : minorAfter(version));
  const after: Bound = end ? { version: end, inclusive: true } : past;
  const upTo: Bound = end ? { version: end, inclusive: false } : here;
  switch (operator) {
    case '=':
      return [{ from: here, to: upTo }];
    case '!=':
      return [{ to: past }, { from: after }];
    case '>':
      return [{ from: after }];
    case '>=':
    case '=>':
      return [{ from: here }];
    case '<':
      return [{ to: past }];
    case '<=':
    case '=<':
      return [{ to: upTo }];
    case '~':
    case '~>':
      return tilde(version, here);
    case '^':
      return [{ from: here, to: caretEnd(version) }];
  }
}

function tilde(version: Version, from: Bound): readonly Range[] {
  const { major, minor, patch, missing } = version;
  // Clients rely on it: `ubuntu-0.0` stands for every ubuntu (docs/reference/images.md#resolution).
  if (!missing && !major && !minor && !patch) return [{}];
  return [{ from, to: { version: missing === 'minor' ? majorAfter(version) : minorAfter(version), inclusive: false } }];
}

function caretEnd(version: Version): Bound {
  const { major, minor, missing } = version;
  if (major > 0n || missing === 'minor') return { version: majorAfter(version), inclusive: false };
  if (minor > 0n || missing === 'patch') return { version: minorAfter(version), inclusive: false };
  return { version: release(0n, 0n, version.patch), inclusive: true };
}

// The prerelease `0` is the lowest version with these numbers: it excludes 2.0.0-rc from the range of 1.
const lowest = (version: Version): Version => ({ ...version, prerelease: ['0'] });
const majorAfter = ({ major }: Version): Version => lowest(release(major + 1n, 0n, 0n));
const minorAfter = ({ major, minor }: Version): Version => lowest(release(major, minor + 1n, 0n));

function contains({ from, to }: Range, version: Version): boolean {
  return (!from || beyond(from, version) >= 0) && (!to || beyond(to, version) <= 0);
}

/** Compares a version with a bound: 0 on an inclusive bound, NaN (neither >= 0 nor <= 0) on an exclusive one. */
function beyond(bound: Bound, version: Version): number {
  return compareVersions(version, bound.version) || (bound.inclusive ? 0 : NaN);
}

function meet(a: Range, b: Range): boolean {
  const first = [firstRelease(a.from), firstRelease(b.from)].reduce((x, y) => (compareVersions(x, y) < 0 ? y : x));
  return contains(a, first) && contains(b, first);
}

/** The lowest release at or above a lower bound. */
function firstRelease(from: Bound | undefined): Version {
  if (!from) return release(0n, 0n, 0n);
  const { major, minor, patch, prerelease } = from.version;
  return release(major, minor, from.inclusive || prerelease.length ? patch : patch + 1n);
}
