import { parentPort, workerData } from 'node:worker_threads';
import { HttpClient } from './http-client.js';
import { closedLoop } from './load.js';
import type { Samples } from './load.js';

/**
 * Runs in a separate thread, so that no other work delays it: polls health until it is stopped, then reports what it
 * saw (`HealthSeen` of health.ts).
 */
const client = new HttpClient(workerData as string);
let stopped = false;
let samples: Samples | undefined;

parentPort?.once('message', () => (stopped = true));
while (!stopped) {
  samples = await closedLoop(1, { tasks: 1 }, () => client.drain('GET', '/v1/health'), samples);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
client.close();
parentPort?.postMessage({ slowest: samples?.percentile(100), latency: samples?.latency, error: samples?.errors[0] });
