import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { CLOCK, timestamp } from '../../shared/clock.js';
import type { Clock } from '../../shared/clock.js';
import { LOG } from '../../shared/log.js';
import type { Log } from '../../shared/log.js';
import { InjectTable } from '../store/inject.js';
import type { Table } from '../store/table.js';
import { turnTable } from './turn.table.js';
import type { Turn } from './turn.table.js';

/** A turn that is younger than this part of the period was taken by another replica for this very period. */
const STILL_TAKEN = 0.9;

/**
 * Runs tasks every so often, on one of the replicas. Taking turns only saves work: a task must stand running twice at a
 * time, which happens when clocks differ or a run takes longer than its period.
 */
@Injectable()
export class Jobs implements BeforeApplicationShutdown {
  private readonly owner = randomUUID();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(
    @InjectTable(turnTable) private readonly turns: Table<Turn>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Call when the store is loaded. The first run is one period from now; failures are logged. */
  every(milliseconds: number, job: string, task: () => Promise<unknown>): void {
    const tick = (): void => {
      const run = this.attempt(job, milliseconds, task).finally(() => this.running.delete(run));
      this.running.add(run);
    };
    this.timers.push(setInterval(tick, milliseconds).unref());
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running);
  }

  /** Runs the task unless another replica has done so in this period. Never rejects. */
  async attempt(job: string, period: number, task: () => Promise<unknown>): Promise<void> {
    try {
      if (await this.take(job, period)) await task();
    } catch (error) {
      this.log.warn(`the job ${job} failed`, error);
    }
  }

  private async take(job: string, period: number): Promise<boolean> {
    const now = this.clock.now();
    const mine = { id: job, owner: this.owner, taken: timestamp(now) };
    const turn = await this.turns.upsert(job, (current) =>
      current && now - Date.parse(current.taken) < period * STILL_TAKEN ? current : mine,
    );
    return turn.owner === mine.owner && turn.taken === mine.taken;
  }
}
