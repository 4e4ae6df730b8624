import { parentPort, workerData } from 'node:worker_threads';
import { HttpClient } from './load.js';

/**
 * A thread of its own, so that nothing else keeps it from hearing the answers: asks for health until it is told to stop,
 * and then tells how long the slowest answer took, in milliseconds.
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
