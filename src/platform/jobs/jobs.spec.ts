import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { ManualClock } from '../../shared/clock.js';
import { MemoryLog } from '../../shared/log.js';
import { MemoryEngine } from '../store/memory/memory-engine.js';
import { Jobs } from './jobs.js';
import { turnTable } from './turn.table.js';

const MINUTE = 60_000;

function replica(engine: MemoryEngine, clock: ManualClock) {
  const log = new MemoryLog();
  return { log, jobs: new Jobs(memoryTable(turnTable, engine), clock, log) };
}

describe('periodic jobs', () => {
  it('run on one replica each period', async () => {
    const clock = new ManualClock();
    const engine = new MemoryEngine();
    const replicas = [replica(engine, clock), replica(engine, clock), replica(engine, clock)];
    let runs = 0;
    const round = () => Promise.all(replicas.map(({ jobs }) => jobs.attempt('sweep', MINUTE, async () => runs++)));
    await round();
    expect(runs).toBe(1);
    clock.advance(MINUTE / 2);
    await round();
    expect(runs).toBe(1);
    clock.advance(MINUTE / 2);
    await round();
    expect(runs).toBe(2);
  });

  it('do not disturb each other, and their failures are logged', async () => {
    const { jobs, log } = replica(new MemoryEngine(), new ManualClock());
    const ran: string[] = [];
    await jobs.attempt('a', MINUTE, () => Promise.reject(new Error('no')));
    await jobs.attempt('b', MINUTE, async () => ran.push('b'));
    expect([log.lines, ran]).toEqual([['the job a failed'], ['b']]);
  });

  it('run as time passes, until the shutdown, which waits for them', async () => {
    const { jobs } = replica(new MemoryEngine(), new ManualClock());
    let finished = 0;
    const began = new Promise<void>((begin) => {
      jobs.every(10, 'x', async () => {
        begin();
        await new Promise((resolve) => setTimeout(resolve, 50));
        finished++;
      });
    });
    await began;
    await jobs.beforeApplicationShutdown();
    expect(finished).toBe(1);
  });
});
