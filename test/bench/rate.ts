import autocannon from 'autocannon';
import { awake } from './load.js';
import { Server } from './server.js';

/** Requests after which the JIT compiler has compiled what they run, and the time for them in milliseconds. */
const [WARM_AFTER, MAX_WARM_UP] = [10_000, 20_000];

/** Throughput of a server; medians of several slices. */
export class Rate {
  private readonly rates: number[] = [];
  private readonly costs: number[] = [];

  constructor(
    private readonly server: Server,
    private readonly connections: number,
    private readonly paths: readonly string[],
  ) {}

  /** Responses per second. */
  get perSecond(): number {
    return median(this.rates);
  }

  /** CPU time of the server per response, in microseconds. */
  get cpu(): number {
    return median(this.costs);
  }

  /** Loads the server until its JIT compiler has seen enough requests, which takes longer on a busy computer. */
  async warmUp(): Promise<void> {
    const end = performance.now() + MAX_WARM_UP;
    let answers = 0;
    do answers += (await this.load(1000)).answers;
    while (answers < WARM_AFTER && performance.now() < end);
  }

  async measure(duration: number): Promise<void> {
    const before = this.server.cpu;
    const { answers, seconds } = await this.load(duration);
    this.rates.push(answers / seconds);
    this.costs.push((this.server.cpu - before) / answers);
  }

  /** Throws Error if any response is not a success. */
  async load(duration: number): Promise<{ answers: number; seconds: number }> {
    const { url } = this.server;
    const headers = { authorization: Server.bearer };
    const requests = this.paths.map((path) => ({ method: 'GET' as const, path, headers }));
    const options = { url, connections: this.connections, duration: duration / 1000, requests };
    const result = await awake(async () => autocannon(options));
    const failed = result.non2xx + result.errors;
    if (failed > 0) throw new Error(`${failed} requests to ${url} failed`);
    return { answers: result['2xx'], seconds: result.duration };
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
