import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file in which the workers of a run record skipped suites. */
const FILE = 'METAL_API_TEST_SKIPPED_SUITES';

/** Records that `suite` is skipped; repeated entries count once. Outside a test run, prints it immediately. */
export function reportSkipped(suite: string, reason: string): void {
  const file = process.env[FILE];
  if (file === undefined) console.error(`skipped: ${suite}: ${reason}`);
  else appendFileSync(file, `${suite}: ${reason}\n`);
}

/** Global set-up of Vitest: after the last test, reports once which suites were skipped and why. */
export default function collectSkippedSuites(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'metal-skipped-'));
  const file = (process.env[FILE] ??= join(folder, 'suites'));
  return () => {
    // Each project has a set-up; the first one that ends reports for all.
    const skipped = existsSync(file) ? [...new Set(readFileSync(file, 'utf8').trim().split('\n'))].sort() : [];
    rmSync(file, { force: true });
    rmSync(folder, { recursive: true, force: true });
    if (skipped.length === 0) return;
    console.error(
      `\nSkipped suites (docs/contributing/testing.md says what they need):\n${skipped.map((line) => `  ${line}\n`).join('')}`,
    );
  };
}
