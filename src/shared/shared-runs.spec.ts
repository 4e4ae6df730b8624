import { describe, expect, it } from 'vitest';
import { SharedRuns } from './shared-runs.js';

/** Computations that end when they are told to, in the order in which they began. */
function controlled() {
  const runs = new SharedRuns<string>('questions');
  const begun: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const ask = (question: string): Promise<string> =>
    runs.ask(question, () => {
      begun.push(question);
      return new Promise((resolve, reject) => {
        ends.push((error) => (error ? reject(error) : resolve(`${question} ${begun.length}`)));
      });
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { ask, begun, ends, settle };
}

describe('shared runs', () => {
  it('answer a question once for all who ask it meanwhile, and never with what was computed before', async () => {
    const { ask, begun, ends, settle } = controlled();
    const answers = Array.from({ length: 50 }, () => ask('a'));
    ends[0]!();
    await settle();
    ends[1]!();
    expect(await Promise.all(answers)).toEqual(['a 1', ...Array<string>(49).fill('a 2')]);
    void ask('a');
    expect(begun).toEqual(['a', 'a', 'a']);
  });

  it('work on few different questions at a time', async () => {
    const { ask, begun, ends, settle } = controlled();
    const answers = ['a', 'b', 'c', 'd'].map(ask);
    expect(begun).toEqual(['a', 'b']);
    ends[1]!();
    await settle();
    expect(begun).toEqual(['a', 'b', 'c']);
    ends[0]!();
    await settle();
    ends[2]!();
    ends[3]!();
    expect((await Promise.all(answers)).map((answer) => answer[0])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('refuse more different questions than they can bear, until some are answered', async () => {
    const { ask, ends, settle } = controlled();
    const many = Array.from({ length: 100 }, (_, at) => ask(`q${at}`));
    await expect(ask('one more')).rejects.toMatchObject({ kind: 'unavailable' });
    const again = ask('q0');
    for (let at = 0; at < 101; at++) {
      ends[at]!();
      await settle();
    }
    await Promise.all([...many, again]);
    const after = ask('one more');
    ends[101]!();
    await expect(after).resolves.toContain('one more');
  });

  it('tell all askers of a failure, and go on', async () => {
    const { ask, ends, settle } = controlled();
    const failing = [ask('a'), ask('a')];
    ends[0]!(new Error('broken'));
    await expect(failing[0]).rejects.toThrow('broken');
    await settle();
    ends[1]!(new Error('broken again'));
    await expect(failing[1]).rejects.toThrow('broken again');
    const next = ask('a');
    ends[2]!();
    await expect(next).resolves.toContain('a');
  });
});
