import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { ManualClock } from '../../shared/clock.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import { MemoryEngine } from '../store/memory/memory-engine.js';
import { Jobs } from './jobs.js';
import { jobClaimTable } from './job-claim.table.js';

const MINUTE = 60_000;

function replica(engine: MemoryEngine, clock: ManualClock) {
  const failures: string[] = [];
  const scheduler = new Scheduler((job, error) => failures.push(`${job}: ${(error as Error).message}`));
  return { failures, scheduler, jobs: new Jobs(memoryTable(jobClaimTable, engine), clock, scheduler) };
}

describe('Jobs', () => {
  it('runs a job on one replica per period', async () => {
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

  it('isolates jobs from each other and reports their failures', async () => {
    const { jobs, scheduler, failures } = replica(new MemoryEngine(), new ManualClock());
    const ran = new Promise<void>((resolve) => {
      jobs.every(1, 'a', () => Promise.reject(new Error('no')));
      jobs.every(5, 'b', async () => resolve());
    });
    await ran;
    await scheduler.stop();
    expect(failures).toContain('a: no');
  });
});
