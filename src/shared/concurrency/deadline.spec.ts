import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownTimers } from '../../../test/support/own-timers.js';
import { endsWithin, withDeadline } from './deadline.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => undefined);
const late = () => new Error('too late');

describe('withDeadline', () => {
  it('passes on results and errors, and leaves no timer behind', async () => {
    const pendingTimers = ownTimers();
    expect(await withDeadline(Promise.resolve(1), 100, late)).toBe(1);
    await expect(withDeadline(Promise.reject(new Error('own')), 100, late)).rejects.toThrow('own');
    expect(pendingTimers()).toBe(0);
  });

  it('rejects when the time has passed; a later error of the work is not unhandled', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => (fail = reject));
    const result = expect(withDeadline(work, 100, late)).rejects.toThrow('too late');
    await vi.advanceTimersByTimeAsync(100);
    await result;
    fail(new Error('own'));
    await vi.advanceTimersByTimeAsync(1);
  });
});

describe('endsWithin', () => {
  it.each([
    ['success', () => Promise.resolve()],
    ['failure', () => Promise.reject(new Error('own'))],
  ])('is true for work that ends by %s', async (_, work) => {
    const pendingTimers = ownTimers();
    expect(await endsWithin(work(), 100)).toBe(true);
    expect(pendingTimers()).toBe(0);
  });

  it('is false when the time has passed', async () => {
    const result = endsWithin(never, 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await result).toBe(false);
  });
});
