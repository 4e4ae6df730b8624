import { quoted } from '../text.js';
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

/** A condition on versions such as `>= 20.04`, as the ranges it admits (reference/30 §0.6). */
export interface Constraint {
  readonly ranges: readonly Range[];
  /** Prereleases satisfy only constraints that name one themselves, and `*`. */
  readonly prereleases: boolean;
}

const OPERATORS = ['=', '!=', '>', '<', '>=', '=>', '<=', '=<', '~', '~>', '^'] as const;
type Operator = (typeof OPERATORS)[number];

/**
 * Reads a constraint: `*`, a version, or one operator and a version with one blank between. Throws `malformed` for
 * anything else: wildcards, lists and hyphen ranges are no stored constraints (reference/30 §0.6).
 */
export function parseConstraint(text: string): Constraint {
  if (text.trim() === '*') return { ranges: [{}], prereleases: true };
  const blank = text.indexOf(' ');
  const operator = blank < 0 ? '=' : text.slice(0, blank);
  if (!isOperator(operator)) {
    throw malformed(
      `${quoted(text, 60)} is not a version constraint: ${quoted(operator, 60)} is none of ${OPERATORS.join(' ')}`,
    );
  }
  return constraint(operator, parseVersion(text.slice(blank + 1)));
}

const isOperator = (text: string): text is Operator => (OPERATORS as readonly string[]).includes(text);

/** The constraint `operator version`, for example the tilde around a version that is given in full. */
export const constraint = (operator: Operator, version: Version): Constraint => ({
  ranges: rangesOf(operator, version),
  prereleases: version.prerelease.length > 0,
});

/** Whether `version` satisfies the constraint. */
export function satisfies(version: Version, { ranges, prereleases }: Constraint): boolean {
  if (version.prerelease.length && !prereleases) return false;
  return ranges.some((range) => contains(range, version));
}

/** Whether some release satisfies both constraints. Ranges that only touch (`< 20.04` and `>= 20.04`) do not overlap. */
export const overlap = (a: Constraint, b: Constraint): boolean =>
  a.ranges.some((one) => b.ranges.some((other) => meet(one, other)));

function rangesOf(operator: Operator, version: Version): readonly Range[] {
  const here: Bound = { version, inclusive: true };
  const past: Bound = { version, inclusive: false };
  // What `1` and `1.2` mean by themselves ends where the next major or minor begins.
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
  // Clients rely on it: `ubuntu-0.0` stands for every ubuntu (reference/30 §5.3).
  if (!missing && !major && !minor && !patch) return [{}];
  return [{ from, to: { version: missing === 'minor' ? majorAfter(version) : minorAfter(version), inclusive: false } }];
}

function caretEnd(version: Version): Bound {
  const { major, minor, missing } = version;
  if (major > 0n || missing === 'minor') return { version: majorAfter(version), inclusive: false };
  if (minor > 0n || missing === 'patch') return { version: minorAfter(version), inclusive: false };
  return { version: release(0n, 0n, version.patch), inclusive: true };
}

// The prerelease `0` is the lowest version of all with these numbers: it keeps 2.0.0-rc out of what belongs to 1.
const lowest = (version: Version): Version => ({ ...version, prerelease: ['0'] });
const majorAfter = ({ major }: Version): Version => lowest(release(major + 1n, 0n, 0n));
const minorAfter = ({ major, minor }: Version): Version => lowest(release(major, minor + 1n, 0n));

function contains({ from, to }: Range, version: Version): boolean {
  return (!from || beyond(from, version) >= 0) && (!to || beyond(to, version) <= 0);
}

/** 0 on an inclusive bound; on an exclusive one neither >= 0 nor <= 0 holds. */
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
