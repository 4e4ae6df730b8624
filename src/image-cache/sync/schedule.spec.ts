import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { MemoryLogger } from '../../shared/app-logger.js';
import { Schedule } from './schedule.js';

const NEVER = '0 0 1 1 *';
let schedule: Schedule | undefined;
afterEach(() => schedule?.stop());

/** A schedule whose runs end when the test says so. */
function heldSchedule(settle?: number) {
  const log = new MemoryLogger();
  const runs: (() => void)[] = [];
  schedule = new Schedule(NEVER, () => new Promise<void>((resolve) => runs.push(resolve)), log, settle);
  return { schedule, runs, log };
}

describe('Schedule', () => {
  it('runs at once, and skips the tick of the clock while a run is active (acceptance j)', async () => {
    const { schedule, runs, log } = heldSchedule();
    schedule.start();
    expect([runs.length, schedule.isRunning]).toEqual([1, true]);
    schedule.tick();
    expect([runs.length, log.lines.length]).toEqual([1, 1]);
    runs[0]!();
    await schedule.request();
    schedule.tick();
    expect(runs).toHaveLength(2);
    runs[1]!();
  });

  it('lets requests join the run that is active', async () => {
    const { schedule, runs } = heldSchedule();
    const both = Promise.all([schedule.request(), schedule.request()]);
    expect(runs).toHaveLength(1);
    runs[0]!();
    await both;
  });

  it('runs once for all who ask for it soon', async () => {
    const { schedule, runs } = heldSchedule(1);
    for (let n = 0; n < 10; n++) schedule.requestSoon();
    expect(runs).toHaveLength(0);
    await eventually('a run starts', () => runs.length === 1);
    runs[0]!();
  });

  it('goes on after a run that failed', async () => {
    const log = new MemoryLogger();
    schedule = new Schedule(NEVER, async () => Promise.reject(new Error('no')), log);
    await schedule.request();
    expect([log.lines, schedule.isRunning]).toEqual([['a run failed'], false]);
  });

  it('knows its next run', () => {
    const { schedule } = heldSchedule();
    expect(new Date(schedule.next!).getTime()).toBeGreaterThan(Date.now());
  });

  describe('by cron', () => {
    beforeEach(() => vi.useFakeTimers({ now: new Date(2026, 0, 10, 12, 3) }));
    afterEach(() => vi.useRealTimers());

    const counting = (pattern: string) => {
      let runs = 0;
      schedule = new Schedule(pattern, async () => void runs++, new MemoryLogger());
      schedule.start();
      return () => runs;
    };

    it('runs at each time that the pattern names', async () => {
      const runs = counting('*/5 * * * *');
      await vi.advanceTimersByTimeAsync(119_000);
      expect(runs()).toBe(1);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(runs()).toBe(2);
      await vi.advanceTimersByTimeAsync(10 * 60_000);
      expect(runs()).toBe(4);
    });

    it('waits longer than a timer can, and notices that the clock was set', async () => {
      const runs = counting('0 0 5 2 *');
      await vi.advanceTimersByTimeAsync(10 * 60_000);
      expect(runs()).toBe(1);
      vi.setSystemTime(new Date(2026, 1, 4, 23, 59));
      await vi.advanceTimersByTimeAsync(2 * 60_000);
      expect(runs()).toBe(2);
    });

    it('starts none once it is stopped', async () => {
      const runs = counting('* * * * *');
      await schedule!.stop();
      await vi.advanceTimersByTimeAsync(5 * 60_000);
      expect(runs()).toBe(1);
    });
  });
});
