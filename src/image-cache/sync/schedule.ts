import { Cron } from 'croner';
import type { AppLogger } from '../../shared/app-logger.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import type { Job } from '../../shared/concurrency/scheduler.js';
import { SingleFlight } from '../../shared/concurrency/single-flight.js';

/** Milliseconds between a run and one that a damaged file asks for. */
const SETTLE_MS = 30_000;

/** A pause is waited for in steps of at most this length, so that a clock that is set meanwhile counts. Milliseconds. */
const STEP_MS = 30_000;

/** Starts runs: at once, by cron, and on request; never two at a time. */
export class Schedule {
  private readonly runs: SingleFlight<void>;
  private readonly jobs: Scheduler;
  /** Computes times; the scheduler waits for them. */
  private readonly cron: Cron;
  private soon: Job | undefined;

  constructor(
    pattern: string,
    work: () => Promise<void>,
    private readonly log: AppLogger,
    private readonly settle = SETTLE_MS,
  ) {
    const failed = (error: unknown): void => this.log.warn('a run failed', error);
    this.runs = new SingleFlight(() => work().catch(failed));
    this.jobs = new Scheduler((_, error) => failed(error));
    this.cron = new Cron(pattern, { mode: '5-part' });
  }

  start(): void {
    this.waitFor(this.cron.nextRun());
    void this.request();
  }

  /** The time of the next run, ISO 8601. */
  get next(): string | undefined {
    return this.cron.nextRun()?.toISOString();
  }

  get isRunning(): boolean {
    return this.runs.current !== undefined;
  }

  /** What the clock does: a tick during a run is skipped. */
  tick(): void {
    if (this.isRunning) this.log.warn('a run is still active, so this one is skipped');
    else void this.request();
  }

  /** Runs now, or joins the run that is active. Never rejects. */
  request(): Promise<void> {
    return this.runs.run();
  }

  /** Runs soon, once for all who ask until then. */
  requestSoon(): void {
    this.soon ??= this.jobs.once(this.settle, 'run', () => {
      this.soon = undefined;
      return this.request();
    });
  }

  private waitFor(time: Date | null): void {
    if (time === null) return;
    const left = time.getTime() - Date.now();
    this.jobs.once(Math.min(Math.max(left, 0), STEP_MS), 'cron', () => {
      if (Date.now() < time.getTime()) return this.waitFor(time);
      this.tick();
      this.waitFor(this.cron.nextRun());
    });
  }

  /** Starts no more runs; resolves when none is active. */
  async stop(): Promise<void> {
    await this.jobs.stop();
    await this.runs.current;
  }
}
