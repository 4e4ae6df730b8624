import { execFileSync } from 'node:child_process';
import { reportSkipped } from './skipped-suites.js';

/** Comma-separated programs that tests must treat as not installed. */
const HIDDEN = (process.env['METAL_API_TEST_WITHOUT'] ?? '').split(',').map((name) => name.trim());

/**
 * Whether all programs are on the PATH. If not, the end of the run lists `suite` and the missing programs once. Use it
 * with `describe.skipIf(!installed(…))`: a suite inside an `if` leaves its file without a suite, which fails the run.
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

/** Adds sbin, where Debian installs servers, to the PATH of users; if programs are hidden, uses the PATH unchanged. */
export function searchPath(): string {
  const path = process.env['PATH'] ?? '';
  return process.env['METAL_API_TEST_WITHOUT'] === undefined ? `${path}:/usr/sbin:/usr/local/sbin` : path;
}
