import { describe, expect, it } from 'vitest';
import { ProgressReporter } from './progress-reporter.js';

function shown(isTTY: boolean, steps: readonly [ms: number, done: number][], total = 100): string[] {
  const written: string[] = [];
  let now = 0;
  const progress = new ProgressReporter({ isTTY, write: (text) => written.push(text) }, () => now);
  for (const [at, done] of steps) {
    now = at;
    progress.update('machine', done, total);
  }
  return written;
}

const STEPS: readonly [number, number][] = [
  [0, 0],
  [100, 5],
  [1000, 20],
  [1100, 22],
  [5000, 50],
  [10_000, 100],
];

describe('ProgressReporter', () => {
  it('redraws one line in a terminal, and terminates it at the end', () => {
    expect(shown(true, STEPS)).toEqual([
      '\r\u001b[Kmachine: 20 of 100, 20/s, 4 s left',
      '\r\u001b[Kmachine: 50 of 100, 10/s, 5 s left',
      '\r\u001b[Kmachine: 100 of 100 in 10.0 s\n',
    ]);
  });

  it('writes a plain line every few seconds if the output is not a terminal', () => {
    expect(shown(false, STEPS)).toEqual(['machine: 50 of 100, 10/s, 5 s left\n', 'machine: 100 of 100 in 10.0 s\n']);
  });

  it('cuts the line to the window, and leaves it when another task begins', () => {
    const written: string[] = [];
    let now = 0;
    const out = { isTTY: true, columns: 20, write: (text: string) => written.push(text) };
    const progress = new ProgressReporter(out, () => now);
    progress.update('machine', 0, 100);
    now = 1000;
    progress.update('machine', 20, 100);
    progress.update('network', 0, 9);
    expect(written).toEqual(['\r\u001b[Kmachine: 20 of 100…', '\n']);
  });

  it('shows at once what is done now, and the pace of slow items', () => {
    const written: string[] = [];
    let now = 0;
    const progress = new ProgressReporter({ isTTY: false, write: (text) => written.push(text) }, () => now);
    progress.update('bench', 0, 4, 'reads');
    now = 2000;
    progress.update('bench', 1, 4, 'events');
    expect(written).toEqual(['bench: 0 of 4 (reads)\n', 'bench: 1 of 4 (events), 2.0 s each, 6 s left\n']);
  });

  it('reports an empty task, but not a task that has only just started', () => {
    expect(shown(false, [[0, 0]], 0)).toEqual(['machine: 0 of 0 in 0.0 s\n']);
    expect(shown(true, [[0, 0]])).toEqual([]);
  });
});
