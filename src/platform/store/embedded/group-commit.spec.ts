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
  ])('combines deferred and immediate commits into one write when the deferred one comes %s', async (_, commit) => {
    const { commits, writes } = group();
    await Promise.all(commit(commits));
    expect(writes).toHaveLength(1);
    expect(writes[0]!.toSorted()).toEqual(['later', 'now']);
  });

  it('preserves the order of deferred and immediate commits', async () => {
    const { commits, writes } = group();
    const all = [commits.commitLater(['1']), commits.commit(['2']), commits.commitLater(['3']), commits.commit(['4'])];
    await Promise.all(all);
    expect(writes.flat()).toEqual(['1', '2', '3', '4']);
  });

  it('writes deferred commits alone if nothing else is committed', async () => {
    const { commits, writes } = group();
    await commits.commitLater(['later']);
    expect(writes).toEqual([['later']]);
  });

  it('rejects deferred commits when the write fails', async () => {
    const failures: unknown[] = [];
    const commits = new GroupCommit<string>(
      () => Promise.reject(new Error('disk full')),
      (error) => failures.push(error),
    );
    await expect(commits.commitLater(['later'])).rejects.toThrow('disk full');
    expect(failures).toHaveLength(1);
  });

  it('is idle while only deferred commits are pending', async () => {
    const { commits } = group();
    const later = commits.commitLater(['later']);
    expect(commits.idle).toBe(true);
    await commits.barrier();
    await later;
  });
});
