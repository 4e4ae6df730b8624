import { execFileSync } from 'node:child_process';
import { reportSkipped } from './skipped-suites.js';

/** Programs that the tests must do without although they are installed, by comma: as on a machine that lacks them. */
const HIDDEN = (process.env['METAL_API_TEST_WITHOUT'] ?? '').split(',').map((name) => name.trim());

/**
 * True when every program is on the PATH. Otherwise the run names `suite` and what it lacks once, at its end. For
 * `describe.skipIf(!installed(…))`: a suite inside an `if` leaves its file without a suite, which fails the run.
 */
export function installed(suite: string, ...programs: string[]): boolean {
  const missing = programs.filter((program) => HIDDEN.includes(program) || !exists(program));
  if (missing.length > 0) reportSkipped(suite, `not installed: ${missing.join(', ')}`);
  return missing.length === 0;
}

function exists(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { env: { PATH: searchPath() } });
    return true;
  } catch {
    return false;
  }
}

/** Debian puts servers into sbin, which a user's PATH may lack. Where programs are hidden, the PATH says it all. */
export function searchPath(): string {
  const path = process.env['PATH'] ?? '';
  return process.env['METAL_API_TEST_WITHOUT'] === undefined ? `${path}:/usr/sbin:/usr/local/sbin` : path;
}
