import { describe, expect, it } from 'vitest';
import { GroupCommit } from './group-commit.js';

function group() {
  const writes: string[][] = [];
  const commits = new GroupCommit<string>(
    async (ops) => void writes.push([...ops]),
    () => undefined,
  );
  return { commits, writes };
}

describe('GroupCommit', () => {
  it.each([
    ['before', (commits: GroupCommit<string>) => [commits.commitLater(['later']), commits.commit(['now'])]],
    ['between', (commits: GroupCommit<string>) => [commits.commit(['now']), commits.commitLater(['later'])]],
  ])('writes what can wait along with what is committed, when it comes %s', async (_, commit) => {
    const { commits, writes } = group();
    await Promise.all(commit(commits));
    expect(writes).toHaveLength(1);
    expect(writes[0]!.toSorted()).toEqual(['later', 'now']);
  });

  it('keeps the order of what can wait and what cannot', async () => {
    const { commits, writes } = group();
    const all = [commits.commitLater(['1']), commits.commit(['2']), commits.commitLater(['3']), commits.commit(['4'])];
    await Promise.all(all);
    expect(writes.flat()).toEqual(['1', '2', '3', '4']);
  });

  it('writes what can wait by itself when nothing else is committed', async () => {
    const { commits, writes } = group();
    await commits.commitLater(['later']);
    expect(writes).toEqual([['later']]);
  });

  it('tells who can wait of a write that failed', async () => {
    const failures: unknown[] = [];
    const commits = new GroupCommit<string>(
      () => Promise.reject(new Error('disk full')),
      (error) => failures.push(error),
    );
    await expect(commits.commitLater(['later'])).rejects.toThrow('disk full');
    expect(failures).toHaveLength(1);
  });

  it('is idle while only what can wait is left', async () => {
    const { commits } = group();
    const later = commits.commitLater(['later']);
    expect(commits.idle).toBe(true);
    await commits.barrier();
    await later;
  });
});
