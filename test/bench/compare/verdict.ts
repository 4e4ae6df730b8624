import { lost, TOLERANCE } from './comparison.js';
import type { Compared } from './comparison.js';
import type { Baseline } from './baseline.js';

/** Formats a comparison for people: all figures, then each that lost too much and what to do. */
export function verdict({ file, result }: Baseline, rows: readonly Compared[]): string {
  const { version } = result.product;
  const failures = lost(rows);
  return [
    `## Compared with ${version} of ${result.date.slice(0, 10)} (${file})`,
    '',
    ...rows.map((row) => `${row.loss <= TOLERANCE ? 'ok  ' : 'LOST'} ${row.section}, ${sentence(row)}`),
    '',
    failures.length === 0
      ? `All ${rows.length} ratios are within ${percent(TOLERANCE)} of ${version}, or better.`
      : advice(failures, version),
    '',
  ].join('\n');
}

const sentence = ({ name, before, now, loss }: Compared): string =>
  now === undefined
    ? `${name}: missing, was ${ratio(before)}`
    : `${name}: ratio ${ratio(now)}, was ${ratio(before)}: ${percent(Math.abs(loss))} ${loss > 0 ? 'worse' : 'better'}`;

function advice(failures: readonly Compared[], version: string): string {
  const sections = [...new Set(failures.map(({ section }) => section))].join();
  return [
    `${failures.length} of the ratios lost more than ${percent(TOLERANCE)} against ${version}, in each of the attempts.`,
    `- Where the time goes: npm run bench -- --quick --only ${sections} --profile FOLDER`,
    '- A missing row was renamed or failed: see the table above.',
    '- If the loss is meant, say why in CHANGELOG.md and commit new results (docs/performance.md#compare-two-versions).',
  ].join('\n');
}

const ratio = (value: number): string => value.toPrecision(3);
const percent = (part: number): string => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;
