import { parentPort, workerData } from 'node:worker_threads';
import { HttpClient } from './http-client.js';

/** What the thread gets. */
export interface ListLoad {
  readonly url: string;
  readonly authorization: string;
  readonly paths: readonly string[];
  /** Number of callers; each requests one path after the other. */
  readonly callers: number;
}

/** Runs in a separate thread, so that reading the answers does not delay other clients: lists until it is stopped. */
const { url, authorization, paths, callers } = workerData as ListLoad;
const client = new HttpClient(url, () => ({ authorization }));
let stopped = false;
let lists = 0;
parentPort?.once('message', () => (stopped = true));

async function caller(first: number): Promise<void> {
  for (let number = first; !stopped; number++, lists++) await client.drain('GET', paths[number % paths.length]!);
}

const error = await Promise.all(Array.from({ length: callers }, (_, number) => caller(number))).then(
  () => undefined,
  ({ message }: Error) => message,
);
client.close();
parentPort?.postMessage({ lists, error });
