import { UsageError } from '../cli/usage-error.js';
import type { Clock } from '../shared/clock.js';
import type { Target } from './target/target.js';
import { planWrites, writeAll, type WritePlan } from './target/write.js';
import type { Translation } from './translate/translation.js';

export interface ImportOptions {
  /** Names of the sources, for the record. */
  readonly sources: readonly string[];
  /** Write into a target that is in use: everything in it is replaced. */
  readonly replace: boolean;
  readonly clock: Clock;
  readonly progress: (done: number, total: number) => void;
}

/**
 * Makes the target hold exactly what the import writes; returns what it took. Running it again does what is left, or
 * what has changed in the source since. Throws UsageError for a target that is in use.
 */
export async function runImport(target: Target, translation: Translation, options: ImportOptions): Promise<WritePlan> {
  const { clock, replace, sources, progress } = options;
  refuseInUse(target, replace, clock.now());
  await target.begin(sources, clock.now());
  const plan = planWrites(target, translation);
  await writeAll(target, plan, () => planWrites(target, translation), progress);
  await target.end(clock.now());
  return plan;
}

function refuseInUse(target: Target, replace: boolean, now: number): void {
  const servers = target.runningServers(now);
  if (servers.length > 0) {
    throw new UsageError(`servers are running on the target: ${servers.join(', ')}; stop them, and wait for a minute`);
  }
  const reason = replace ? undefined : target.inUse();
  if (reason === undefined) return;
  throw new UsageError(
    `the target is in use: ${reason}. Import into an empty database, or say --replace: ` +
      'then everything in the target that the import does not bring is removed',
  );
}
