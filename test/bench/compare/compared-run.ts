import { UsageError } from '../../../src/cli/usage-error.js';
import type { FleetOptions, Section } from '../options.js';
import type { Result } from '../result.js';
import { better, compare, lost } from './comparison.js';
import type { Compared } from './comparison.js';

/** How often the sections of figures that lost too much are measured again. */
const RETRIES = 2;

/**
 * Compares a run with an earlier result. Sections with a loss are measured again by another server process, and each figure
 * counts with the best of its attempts: other work on the computer slows down some attempts, a real loss all of them.
 * Throws a UsageError if there is nothing to compare.
 */
export async function comparedRun(
  before: Result,
  first: Result,
  options: FleetOptions,
  measure: (options: FleetOptions) => Promise<Result>,
): Promise<{ readonly rows: readonly Compared[]; readonly failed: boolean }> {
  let rows = compare(before, first, options.sections);
  if (rows.length === 0)
    throw new UsageError(`the earlier result has no ratios of ${[...options.sections].join(', ')} to compare with`);
  for (let retry = 0; retry < RETRIES && lost(rows).length > 0; retry++) {
    const again = new Set(lost(rows).map(({ section }) => section)) as Set<Section>;
    rows = better(rows, compare(before, await measure({ ...options, sections: again }), again));
  }
  return { rows, failed: lost(rows).length > 0 };
}
