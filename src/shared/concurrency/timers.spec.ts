import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownTimers } from '../../../test/support/own-timers.js';
import { after, IdleTimer, nextLoopRound, sleep } from './timers.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('after', () => {
  it('acts once, when the time has passed', () => {
    const action = vi.fn();
    after(100, action);
    vi.advanceTimersByTime(99);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(action).toHaveBeenCalledTimes(1);
  });

  it('can be cancelled, also twice and too late', () => {
    const action = vi.fn();
    const cancel = after(100, action);
    cancel();
    cancel();
    vi.advanceTimersByTime(200);
    expect(action).not.toHaveBeenCalled();
    const late = after(100, action);
    vi.advanceTimersByTime(100);
    late();
    expect(action).toHaveBeenCalledTimes(1);
  });
});

describe('sleep', () => {
  it('ends after the time, with and without a signal', async () => {
    const ended: string[] = [];
    const both = [
      sleep(100).then(() => ended.push('plain')),
      sleep(100, { signal: new AbortController().signal }).then(() => ended.push('signal')),
    ];
    await vi.advanceTimersByTimeAsync(99);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all(both);
    expect(ended).toEqual(['plain', 'signal']);
  });

  it('rejects with the reason of its signal, and leaves no timer behind', async () => {
    const pendingTimers = ownTimers();
    const controller = new AbortController();
    const slept = sleep(100, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    expect(pendingTimers()).toBe(0);
    await expect(sleep(100, { signal: controller.signal })).rejects.toThrow('enough');
    expect(pendingTimers()).toBe(0);
  });
});

it('IdleTimer acts when it was not reset in time', () => {
  const action = vi.fn();
  const timer = new IdleTimer(100, action);
  for (let n = 0; n < 5; n++) {
    vi.advanceTimersByTime(99);
    timer.reset();
  }
  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(action).toHaveBeenCalledTimes(1);
  const cancelled = new IdleTimer(100, action);
  cancelled.cancel();
  vi.advanceTimersByTime(200);
  expect(action).toHaveBeenCalledTimes(1);
});

it('nextLoopRound resolves after what is due already', async () => {
  const order: string[] = [];
  setImmediate(() => order.push('due'));
  await nextLoopRound();
  expect(order).toEqual(['due']);
});
