import { Agent, request } from 'node:http';

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
  /** Milliseconds from the first start to the last end. */
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
}

/** Limit of a closed loop: milliseconds or number of tasks. */
export interface Until {
  readonly milliseconds?: number;
  readonly tasks?: number;
}

/** Repeats `task` in a closed loop with `concurrency` workers. Failures are counted. */
export async function closedLoop(
  concurrency: number,
  { milliseconds = Infinity, tasks = Infinity }: Until,
  task: (number: number) => Promise<unknown>,
): Promise<Samples> {
  const samples = new Samples();
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
  samples.elapsed = performance.now() - start;
  return samples;
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

/** Sends HTTP requests over keep-alive connections. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    readonly url: string,
    private readonly headers: (method: string) => Record<string, string> = () => ({}),
  ) {}

  /** Returns the body of a 200 response; throws Error with the body of any other. */
  async ok(method: string, path: string, body?: object): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const status = await this.send(method, path, body, (chunk) => chunks.push(chunk));
    const answer = Buffer.concat(chunks);
    if (status === 200) return answer;
    throw new Error(`${method} ${path}: ${status} ${answer.toString().slice(0, 300)}`);
  }

  /** Returns the status of any response; the body is sent unchanged. */
  status(method: string, path: string, content: string | undefined): Promise<number> {
    return this.exchange(method, path, content, () => undefined);
  }

  /** Reads a 200 response without keeping it; returns its length in bytes. Throws Error for any other status. */
  async drain(method: string, path: string, body?: object): Promise<number> {
    let length = 0;
    const status = await this.send(method, path, body, (chunk) => (length += chunk.length));
    if (status === 200) return length;
    throw new Error(`${method} ${path}: ${status}`);
  }

  /** Resolves to the status when the response is complete. */
  private send(method: string, path: string, body: object | undefined, read: (chunk: Buffer) => void): Promise<number> {
    return this.exchange(method, path, body === undefined ? undefined : JSON.stringify(body), read);
  }

  private exchange(
    method: string,
    path: string,
    content: string | undefined,
    read: (chunk: Buffer) => void,
  ): Promise<number> {
    const headers = {
      ...this.headers(method),
      ...(content === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.url + path, { method, headers, agent: this.agent }, (response) => {
        response.on('data', read);
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(content);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
