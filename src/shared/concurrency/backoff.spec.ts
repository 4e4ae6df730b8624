import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownTimers } from '../../../test/support/own-timers.js';
import { Backoff, retry } from './backoff.js';

describe('Backoff', () => {
  it('doubles up to the cap, and starts again after a success', () => {
    const backoff = new Backoff({ base: 10, cap: 70, least: 5 }, () => 1);
    expect([1, 2, 3, 4, 5].map(() => backoff.next())).toEqual([15, 25, 45, 75, 75]);
    expect(backoff.attempts).toBe(5);
    backoff.reset();
    expect([backoff.attempts, backoff.next()]).toEqual([0, 15]);
  });

  it('has full jitter', () => {
    expect(new Backoff({ base: 10 }, () => 0).next()).toBe(0);
    expect(new Backoff({ base: 10 }, () => 0.5).next()).toBe(5);
  });

  it('stays finite after many failures', () => {
    const backoff = new Backoff({ base: 10, cap: 70 }, () => 1);
    for (let n = 0; n < 5000; n++) backoff.next();
    expect(backoff.next()).toBe(70);
  });
});

describe('retry', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** Fails until attempt number `good`. */
  const failing = (good: number) => {
    const attempts: number[] = [];
    const task = async (attempt: number) => {
      attempts.push(attempt);
      if (attempt < good) throw new Error(`no ${attempt}`);
      return attempt;
    };
    return { attempts, task };
  };

  it('resolves to the first result', async () => {
    const { attempts, task } = failing(4);
    const result = retry(task, { isRetryable: () => true });
    await vi.runAllTimersAsync();
    expect(await result).toBe(4);
    expect(attempts).toEqual([1, 2, 3, 4]);
  });

  it('rejects with the last error when the attempts are used up', async () => {
    const pendingTimers = ownTimers();
    const { attempts, task } = failing(9);
    const result = expect(retry(task, { attempts: 3, isRetryable: () => true })).rejects.toThrow('no 3');
    await vi.runAllTimersAsync();
    await result;
    expect(attempts).toEqual([1, 2, 3]);
    expect(pendingTimers()).toBe(0);
  });

  it('rejects at once with an error that is not retryable', async () => {
    const { attempts, task } = failing(9);
    const isRetryable = (error: unknown, attempt: number) => (error as Error).message === 'no 1' && attempt === 1;
    const result = expect(retry(task, { isRetryable })).rejects.toThrow('no 2');
    await vi.runAllTimersAsync();
    await result;
    expect(attempts).toEqual([1, 2]);
  });

  it('ends a wait with its signal', async () => {
    const { attempts, task } = failing(9);
    const controller = new AbortController();
    const result = retry(task, { base: 1e6, cap: 1e6, least: 1e6, isRetryable: () => true, signal: controller.signal });
    const rejected = expect(result).rejects.toThrow('stopped');
    await vi.advanceTimersByTimeAsync(10);
    controller.abort(new Error('stopped'));
    await rejected;
    expect(attempts).toEqual([1]);
  });
});
