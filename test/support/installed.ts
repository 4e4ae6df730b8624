import { execFileSync } from 'node:child_process';

/** True when every program is on the PATH; otherwise says loudly which suite does not run, and why. */
export function installed(suite: string, ...programs: string[]): boolean {
  const missing = programs.filter((program) => !exists(program));
  if (missing.length > 0) console.error(`\n!!! SKIPPED: ${suite}: not installed: ${missing.join(', ')}\n`);
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

/** Debian puts servers into sbin, which a user's PATH may lack. */
export const searchPath = (): string => `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
