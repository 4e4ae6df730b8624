import { after } from './timers.js';

/** A periodic or delayed piece of work. */
export interface Job {
  /** Starts no further run; resolves when the one in progress has ended. Idempotent. Do not await it in the job itself. */
  cancel(): Promise<void>;
}

export interface PeriodicOptions {
  /** Milliseconds until the first run; default: one period. */
  readonly first?: number;
  /** Each pause is up to this fraction longer or shorter, so that replicas do not act in step. Default 0. */
  readonly jitter?: number;
}

type Task = () => unknown;

/**
 * All periodic and delayed work of one owner. A job never overlaps with itself: ticks that fall into a run are skipped. Timers
 * do not keep the process alive. Errors are reported and end neither the job nor the process. After `stop`, nothing starts,
 * and nothing is running.
 */
export class Scheduler {
  private readonly jobs = new Set<ScheduledJob>();
  private stopped = false;

  /** `failed` is called with each error of a job, and the job's name. */
  constructor(
    private readonly failed: (job: string, error: unknown) => void,
    private readonly random: () => number = Math.random,
  ) {}

  /** Number of jobs that may run again. */
  get size(): number {
    return this.jobs.size;
  }

  /** Runs `task` every `milliseconds`, counted from start to start. */
  every(milliseconds: number, name: string, task: Task, { first, jitter = 0 }: PeriodicOptions = {}): Job {
    const pause = (elapsed: number): number => {
      const left = milliseconds - (elapsed % milliseconds);
      return left * (1 + jitter * (2 * this.random() - 1));
    };
    return this.add(name, task, first ?? pause(0), pause);
  }

  /** Runs `task` once, after `milliseconds`. */
  once(milliseconds: number, name: string, task: Task): Job {
    return this.add(name, task, milliseconds, () => undefined);
  }

  /** Ends all jobs; resolves when those in progress have ended. Jobs that are added later never run. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.jobs].map((job) => job.cancel()));
  }

  private add(name: string, task: Task, first: number, pause: Pause): Job {
    const job = new ScheduledJob(
      task,
      pause,
      (error) => this.failed(name, error),
      () => this.jobs.delete(job),
    );
    if (this.stopped) return job;
    this.jobs.add(job);
    job.start(first);
    return job;
  }
}

/** The time until the next run, by the duration of the last one; undefined: there is none. In milliseconds. */
type Pause = (elapsed: number) => number | undefined;

class ScheduledJob implements Job {
  private cancelTimer: () => void = () => undefined;
  private running: Promise<void> | undefined;
  private over = false;

  constructor(
    private readonly task: Task,
    private readonly pause: Pause,
    private readonly failed: (error: unknown) => void,
    private readonly ended: () => void,
  ) {}

  start(delay: number): void {
    this.cancelTimer = after(delay, () => this.run());
  }

  async cancel(): Promise<void> {
    this.end();
    await this.running;
  }

  private end(): void {
    this.over = true;
    this.cancelTimer();
    this.ended();
  }

  private run(): void {
    const began = performance.now();
    const running = this.attempt();
    if (running === undefined) return this.next(began);
    this.running = running.then(() => {
      this.running = undefined;
      this.next(began);
    });
  }

  /** Never throws or rejects. Undefined for a task that has ended already. */
  private attempt(): Promise<void> | undefined {
    try {
      const result = this.task();
      return result instanceof Promise ? result.then(() => undefined, this.failed) : undefined;
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  private next(began: number): void {
    if (this.over) return;
    const delay = this.pause(performance.now() - began);
    if (delay === undefined) this.end();
    else this.start(delay);
  }
}
