import type { Latency } from './report.js';

/** Runs `task` for each item with limited concurrency; the first failure ends it. */
export async function inParallel<T>(
  width: number,
  items: readonly T[],
  task: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await task(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Count, durations and failures of a repeated task. */
export class Samples {
  /** Durations of successful runs in milliseconds. */
  private readonly latencies: number[] = [];
  readonly errors: string[] = [];
  /** Milliseconds from the first start to the last end, of all loops together. */
  elapsed = 0;

  add(latency: number): void {
    this.latencies.push(latency);
  }

  get count(): number {
    return this.latencies.length;
  }

  /** Successes per second. */
  get rate(): number {
    return (this.count / this.elapsed) * 1000;
  }

  /** Milliseconds within which `percent` of the runs ended. */
  percentile(percent: number): number {
    const sorted = [...this.latencies].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
  }

  get latency(): Latency {
    return { p50: this.percentile(50), p99: this.percentile(99) };
  }
}

/** Limit of a closed loop: milliseconds or number of tasks. */
export interface Until {
  readonly milliseconds?: number;
  readonly tasks?: number;
}

/** Repeats `task` in a closed loop with `concurrency` workers, and adds to `samples`. Failures are counted. */
export async function closedLoop(
  concurrency: number,
  { milliseconds = Infinity, tasks = Infinity }: Until,
  task: (number: number) => Promise<unknown>,
  samples = new Samples(),
): Promise<Samples> {
  const start = performance.now();
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < tasks && performance.now() - start < milliseconds) {
      const number = started++;
      const before = performance.now();
      try {
        await task(number);
        samples.add(performance.now() - before);
      } catch (error) {
        samples.errors.push((error as Error).message);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  samples.elapsed += performance.now() - start;
  return samples;
}

/** Runs `task` and adds its duration to `samples` if it succeeds. */
export async function timed<T>(samples: Samples, task: () => Promise<T>): Promise<T> {
  const before = performance.now();
  const result = await task();
  samples.add(performance.now() - before);
  return result;
}

/**
 * Keeps this process awake while `task` runs. Waking a sleeping client is work for the sender, on virtual machines more
 * than the response itself, and would distort the figure of a server that is hardly slower than its client.
 */
export async function awake<T>(task: () => Promise<T>): Promise<T> {
  let on = true;
  const spin = (): void => {
    if (on) setImmediate(spin);
  };
  spin();
  try {
    return await task();
  } finally {
    on = false;
  }
}
