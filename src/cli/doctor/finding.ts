import { endsWithin } from '../../shared/concurrency/deadline.js';

/** What one check found out. */
export interface DoctorFinding {
  /** Subject, e.g. `clock`. */
  readonly check: string;
  /** Where it looked: from outside through the API, or inside this process's environment. */
  readonly from: 'outside' | 'inside';
  readonly status: 'ok' | 'warning' | 'problem' | 'skipped';
  readonly message: string;
  /** The next step, with the command to run. Present for warnings and problems. */
  readonly next?: string;
}

/** A check without its place. Must not reject for conditions that an operator can cause. */
export type Result = Omit<DoctorFinding, 'check' | 'from'>;

export const ok = (message: string): Result => ({ status: 'ok', message });
export const skipped = (message: string): Result => ({ status: 'skipped', message });
export const warning = (message: string, next: string): Result => ({ status: 'warning', message, next });
export const problem = (message: string, next: string): Result => ({ status: 'problem', message, next });

/** A named check; its result may be several findings. The signal is aborted when its time is over. */
export interface DoctorCheck {
  readonly check: string;
  readonly from: DoctorFinding['from'];
  run(this: void, signal: AbortSignal): Promise<Result | readonly Result[]>;
}

/** How long one check may take, in milliseconds. */
export const CHECK_MS = 10_000;

/** Runs all checks side by side. Each one ends within `milliseconds`, whatever it waits for. */
export async function runChecks(
  checks: readonly DoctorCheck[],
  milliseconds = CHECK_MS,
): Promise<readonly DoctorFinding[]> {
  const found = await Promise.all(checks.map((check) => runCheck(check, milliseconds)));
  return found.flat();
}

async function runCheck({ check, from, run }: DoctorCheck, milliseconds: number): Promise<readonly DoctorFinding[]> {
  const results = await bounded(run, milliseconds).catch((error: unknown) =>
    problem(
      `the check failed: ${error instanceof Error ? error.message : String(error)}`,
      'Report it, with the output of "metal-api doctor --json".',
    ),
  );
  return [results].flat().map((result) => ({ check, from, ...result }));
}

async function bounded(run: DoctorCheck['run'], milliseconds: number): Promise<Result | readonly Result[]> {
  const controller = new AbortController();
  try {
    const results = run(controller.signal);
    if (await endsWithin(results, milliseconds, { keepsAlive: true })) return await results;
    const next = 'Look at the network between this host and that address: "nc -vz HOST PORT".';
    return problem(`no answer within ${milliseconds / 1000} s`, next);
  } finally {
    controller.abort();
  }
}
