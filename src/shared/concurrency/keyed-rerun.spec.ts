import { describe, expect, it } from 'vitest';
import { KeyedRerun } from './keyed-rerun.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('KeyedRerun', () => {
  it('runs once more for a key that was woken during its run, and other keys meanwhile', async () => {
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const rerun = new KeyedRerun((key) => {
      begun.push(key);
      return new Promise((resolve) => ends.push(resolve));
    });
    rerun.wake('a');
    for (let n = 0; n < 10; n++) rerun.wake('a');
    rerun.wake('b');
    expect(begun).toEqual(['a', 'b']);
    let isSettled = false;
    const settled = rerun.settled().then(() => (isSettled = true));
    ends[0]!();
    ends[1]!();
    await settle();
    expect(begun).toEqual(['a', 'b', 'a']);
    expect(isSettled).toBe(false);
    ends[2]!();
    await settled;
    rerun.wake('a');
    expect(begun).toEqual(['a', 'b', 'a', 'a']);
  });

  it('is settled when nothing runs', async () => {
    await new KeyedRerun(async () => undefined).settled();
  });
});
