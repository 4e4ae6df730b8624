import type { Machine } from '../machine.js';

/** Describes a claim or release in progress, and when it ends; undefined if there is none. */
export function describeWork({ id, claim, release }: Machine, now: number): string | undefined {
  const limit = (deadline: string): string => `ends within ${Math.ceil((Date.parse(deadline) - now) / 1000)} s`;
  const isLate = (deadline: string): boolean => Date.parse(deadline) <= now;
  if (claim !== undefined) {
    const what = `machine "${id}" is not allocated, but an allocation for project "${claim.project}"`;
    return claim.undoing || isLate(claim.deadline)
      ? `${what} was interrupted and is being undone, retry in a moment`
      : `${what} is in progress and ${limit(claim.deadline)}, retry then`;
  }
  if (release === undefined) return undefined;
  return isLate(release.deadline)
    ? `machine "${id}" is being freed, which was interrupted and is being finished, retry in a moment`
    : `machine "${id}" is being freed, which ${limit(release.deadline)}, retry then`;
}
