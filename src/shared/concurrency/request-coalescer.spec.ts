import { describe, expect, it } from 'vitest';
import { RequestCoalescer } from './request-coalescer.js';

/** Computations that end on request, in the order in which they started. */
function controlled() {
  const coalescer = new RequestCoalescer<string>('questions');
  const begun: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const ask = (question: string): Promise<string> =>
    coalescer.run(question, () => {
      begun.push(question);
      return new Promise((resolve, reject) => {
        ends.push((error) => (error ? reject(error) : resolve(`${question} ${begun.length}`)));
      });
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { ask, begun, ends, settle };
}

describe('RequestCoalescer', () => {
  it('computes identical concurrent questions once, and never returns a result computed earlier', async () => {
    const { ask, begun, ends, settle } = controlled();
    const answers = Array.from({ length: 50 }, () => ask('a'));
    await settle();
    ends[0]!();
    await settle();
    ends[1]!();
    expect(await Promise.all(answers)).toEqual(['a 1', ...Array<string>(49).fill('a 2')]);
    void ask('a');
    await settle();
    expect(begun).toEqual(['a', 'a', 'a']);
  });

  it('limits concurrent computations of different questions', async () => {
    const { ask, begun, ends, settle } = controlled();
    const answers = ['a', 'b', 'c', 'd'].map(ask);
    await settle();
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

  it('rejects too many different questions until some are answered', async () => {
    const { ask, ends, settle } = controlled();
    const many = Array.from({ length: 100 }, (_, at) => ask(`q${at}`));
    await expect(ask('one more')).rejects.toMatchObject({ kind: 'unavailable' });
    const again = ask('q0');
    await settle();
    for (let at = 0; at < 101; at++) {
      ends[at]!();
      await settle();
    }
    await Promise.all([...many, again]);
    const after = ask('one more');
    await settle();
    ends[101]!();
    await expect(after).resolves.toContain('one more');
  });

  it('rejects all callers of a failed computation, and continues', async () => {
    const { ask, ends, settle } = controlled();
    const failing = [ask('a'), ask('a')];
    await settle();
    ends[0]!(new Error('broken'));
    await expect(failing[0]).rejects.toThrow('broken');
    await settle();
    ends[1]!(new Error('broken again'));
    await expect(failing[1]).rejects.toThrow('broken again');
    const next = ask('a');
    await settle();
    ends[2]!();
    await expect(next).resolves.toContain('a');
  });
});
