import { parentPort, workerData } from 'node:worker_threads';
import { HttpClient } from './load.js';

/**
 * Runs in a separate thread, so that no other work delays it: polls health until it is stopped, then reports the
 * duration of the slowest response in milliseconds.
 */
const client = new HttpClient(workerData as string);
let stopped = false;
let slowest = 0;

parentPort?.once('message', () => (stopped = true));
while (!stopped) {
  const before = performance.now();
  await client.drain('GET', '/v1/health');
  slowest = Math.max(slowest, performance.now() - before);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
client.close();
parentPort?.postMessage(slowest);
