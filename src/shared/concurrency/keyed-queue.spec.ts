import { describe, expect, it } from 'vitest';
import { KeyedQueue } from './keyed-queue.js';

/** Tasks that note their begin, and end on request. */
function tasks() {
  const begun: string[] = [];
  const end = new Map<string, (error?: Error) => void>();
  const task = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) =>
      end.set(name, (error) => (error === undefined ? resolve(name) : reject(error))),
    );
  };
  return { begun, end, task };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('KeyedQueue', () => {
  it('runs the tasks of a key one after the other, those of other keys meanwhile', async () => {
    const { begun, end, task } = tasks();
    const queue = new KeyedQueue();
    const [a1, a2, b] = [queue.run('a', task('a1')), queue.run('a', task('a2')), queue.run('b', task('b'))];
    await settle();
    expect(begun).toEqual(['a1', 'b']);
    end.get('a1')!();
    expect(await a1).toBe('a1');
    await settle();
    expect(begun).toEqual(['a1', 'b', 'a2']);
    end.get('a2')!();
    end.get('b')!();
    expect(await Promise.all([a2, b])).toEqual(['a2', 'b']);
  });

  it('goes on after a task that failed', async () => {
    const { end, task } = tasks();
    const queue = new KeyedQueue();
    const [failed, next] = [queue.run('a', task('1')), queue.run('a', task('2'))];
    await settle();
    end.get('1')!(new Error('no'));
    await expect(failed).rejects.toThrow('no');
    await settle();
    end.get('2')!();
    expect(await next).toBe('2');
  });
});
