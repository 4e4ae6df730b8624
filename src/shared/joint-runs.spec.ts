import { describe, expect, it } from 'vitest';
import { JointRuns } from './joint-runs.js';

/** Runs that end when they are told to; `batches` is what each was asked to do. */
function controlled(most = 10) {
  const batches: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const runs = new JointRuns<string, string>((key, items) => {
    batches.push(`${key}: ${items.join(' ')}`);
    return new Promise((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve(items.map((item) => item.toUpperCase()))));
    });
  }, most);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { runs, batches, ends, turn };
}

describe('joint runs', () => {
  it('do together what was asked during the run before, each with its own result', async () => {
    const { runs, batches, ends, turn } = controlled();
    const answers = Promise.all(['a', 'b', 'c'].map((item) => runs.join('k', item)));
    expect(batches).toEqual(['k: a']);
    ends[0]!();
    await turn();
    expect(batches).toEqual(['k: a', 'k: b c']);
    ends[1]!();
    expect(await answers).toEqual(['A', 'B', 'C']);
    await turn();
    void runs.join('k', 'd');
    expect(batches[2]).toBe('k: d');
  });

  it('take a bounded number at once, in order', async () => {
    const { runs, batches, ends, turn } = controlled(2);
    for (const item of ['a', 'b', 'c', 'd']) void runs.join('k', item);
    ends[0]!();
    await turn();
    ends[1]!();
    await turn();
    expect(batches).toEqual(['k: a', 'k: b c', 'k: d']);
  });

  it('of different keys do not wait for each other', () => {
    const { runs, batches } = controlled();
    void runs.join('k', 'a');
    void runs.join('l', 'b');
    expect(batches).toEqual(['k: a', 'l: b']);
  });

  it('fail for all who joined, and only for them', async () => {
    const { runs, ends, turn } = controlled();
    const [first, ...others] = ['a', 'b', 'c'].map((item) => runs.join('k', item).catch(String));
    ends[0]!();
    await turn();
    const last = runs.join('k', 'd');
    ends[1]!(new Error('no'));
    await turn();
    ends[2]!();
    expect(await Promise.all([first, ...others, last])).toEqual(['A', 'Error: no', 'Error: no', 'D']);
  });
});
