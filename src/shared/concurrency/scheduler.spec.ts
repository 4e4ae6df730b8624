import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownTimers } from '../../../test/support/own-timers.js';
import { Scheduler } from './scheduler.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function scheduler(random = () => 0.5) {
  const failures: string[] = [];
  return {
    failures,
    jobs: new Scheduler((job, error) => failures.push(`${job}: ${(error as Error).message}`), random),
  };
}

/** A job whose runs end on request. */
function slow() {
  const ends: (() => void)[] = [];
  return { ends, task: () => new Promise<void>((resolve) => ends.push(resolve)) };
}

describe('every', () => {
  it('runs once a period, the first time after one', async () => {
    const { jobs } = scheduler();
    const task = vi.fn();
    jobs.every(100, 'job', task);
    await vi.advanceTimersByTimeAsync(99);
    expect(task).toHaveBeenCalledTimes(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(11);
  });

  it('runs first when it should', async () => {
    const { jobs } = scheduler();
    const task = vi.fn();
    jobs.every(100, 'job', task, { first: 0 });
    await vi.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(task).toHaveBeenCalledTimes(2);
  });

  it('counts the period from start to start, and skips ticks that fall into a run', async () => {
    const { jobs } = scheduler();
    const { ends, task } = slow();
    jobs.every(100, 'job', task);
    await vi.advanceTimersByTimeAsync(130);
    ends[0]!();
    await vi.advanceTimersByTimeAsync(69);
    expect(ends).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1); // 200: 100 after the start of the first
    expect(ends).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(250); // 450: the ticks at 300 and 400 are skipped
    expect(ends).toHaveLength(2);
    ends[1]!();
    await vi.advanceTimersByTimeAsync(49);
    expect(ends).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(3);
  });

  it('varies its pauses by the jitter', async () => {
    let random = 0;
    const { jobs } = scheduler(() => random);
    const task = vi.fn(() => void (random = 1));
    jobs.every(100, 'job', task, { jitter: 0.2 });
    await vi.advanceTimersByTimeAsync(80);
    expect(task).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(119);
    expect(task).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(task).toHaveBeenCalledTimes(2);
  });

  it('goes on after errors, thrown or rejected, and reports them by name', async () => {
    const { jobs, failures } = scheduler();
    let runs = 0;
    jobs.every(100, 'job', () => {
      if (++runs === 1) throw new Error('thrown');
      return runs === 2 ? Promise.reject(new Error('rejected')) : undefined;
    });
    await vi.advanceTimersByTimeAsync(300);
    expect(runs).toBe(3);
    expect(failures).toEqual(['job: thrown', 'job: rejected']);
  });
});

describe('once', () => {
  it('runs one time', async () => {
    const { jobs } = scheduler();
    const task = vi.fn();
    jobs.once(100, 'job', task);
    expect(jobs.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(task).toHaveBeenCalledTimes(1);
    expect(jobs.size).toBe(0);
  });
});

describe('the end', () => {
  it('of a job waits for its run, and is the end of its timers', async () => {
    const pendingTimers = ownTimers();
    const { jobs } = scheduler();
    const { ends, task } = slow();
    const job = jobs.every(100, 'job', task);
    await vi.advanceTimersByTimeAsync(100);
    let isOver = false;
    const over = job.cancel().then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(500);
    expect(isOver).toBe(false);
    ends[0]!();
    await over;
    await vi.advanceTimersByTimeAsync(500);
    expect(ends).toHaveLength(1);
    expect([jobs.size, pendingTimers()]).toEqual([0, 0]);
    await job.cancel();
  });

  it('of all waits for what runs, cancels what does not, and admits nothing more', async () => {
    const pendingTimers = ownTimers();
    const { jobs } = scheduler();
    const { ends, task } = slow();
    const other = vi.fn();
    jobs.every(100, 'slow', task);
    jobs.every(150, 'other', other);
    jobs.once(150, 'late', other);
    await vi.advanceTimersByTimeAsync(100);
    let isOver = false;
    const over = jobs.stop().then(() => (isOver = true));
    jobs.every(10, 'too late', other);
    jobs.once(10, 'too late', other);
    await vi.advanceTimersByTimeAsync(500);
    expect(isOver).toBe(false);
    ends[0]!();
    await over;
    expect(other).not.toHaveBeenCalled();
    expect(pendingTimers()).toBe(0);
  });

  it('may be decided by the job itself', async () => {
    const { jobs } = scheduler();
    let runs = 0;
    const job = jobs.every(100, 'job', () => void (++runs === 2 && job.cancel()));
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs).toBe(2);
  });
});
