import { afterEach, describe, expect, it } from 'vitest';
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
    const { schedule, runs } = heldSchedule();
    expect(schedule.next).toBeUndefined();
    schedule.start();
    expect(new Date(schedule.next!).getTime()).toBeGreaterThan(Date.now());
    runs[0]!();
  });
});
