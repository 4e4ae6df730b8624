import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Latency } from './report.js';

/** Answers of health while something else ran; times in milliseconds. */
export interface HealthSeen {
  readonly slowest: number;
  readonly latency: Latency;
}

/** Polls health of the server at `url` while `task` runs. Throws Error if health failed, or what the task throws. */
export async function healthDuring(url: string, task: () => Promise<unknown>): Promise<HealthSeen> {
  const probe = new Worker(new URL('./health-probe.js', import.meta.url), { workerData: url });
  try {
    await once(probe, 'online');
    await task();
    const told = once(probe, 'message') as Promise<[HealthSeen & { readonly error?: string }]>;
    probe.postMessage('stop');
    const [{ error, ...seen }] = await told;
    if (error !== undefined) throw new Error(`health failed meanwhile: ${error}`);
    return seen;
  } finally {
    await probe.terminate();
  }
}
