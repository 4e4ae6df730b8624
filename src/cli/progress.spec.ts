import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';

function shown(isTTY: boolean, steps: readonly [ms: number, done: number][], total = 100): string[] {
  const written: string[] = [];
  let now = 0;
  const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => now);
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

describe('progress', () => {
  it('redraws one line in a terminal, and ends it', () => {
    expect(shown(true, STEPS)).toEqual([
      '\r\u001b[Kmachine: 20 of 100, 20/s, 4 s left',
      '\r\u001b[Kmachine: 50 of 100, 10/s, 5 s left',
      '\r\u001b[Kmachine: 100 of 100 in 10.0 s\n',
    ]);
  });

  it('writes plain lines now and then elsewhere', () => {
    expect(shown(false, STEPS)).toEqual(['machine: 50 of 100, 10/s, 5 s left\n', 'machine: 100 of 100 in 10.0 s\n']);
  });

  it('says that there was nothing to do, and nothing of a task that has just begun', () => {
    expect(shown(false, [[0, 0]], 0)).toEqual(['machine: 0 of 0 in 0.0 s\n']);
    expect(shown(true, [[0, 0]])).toEqual([]);
  });
});
