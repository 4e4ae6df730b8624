import autocannon from 'autocannon';
import type { Effort } from '../effort.js';
import { machineName, PER_PROJECT, projectName } from '../fleet/names.js';
import { awake, closedLoop, HttpClient } from '../load.js';
import type { Samples } from '../load.js';
import { megabytes, microseconds, milliseconds, perSecond } from '../report.js';
import type { Figure } from '../report.js';
import { Server } from '../server.js';

/** Number of concurrent clients while a rate is measured. */
const CONNECTIONS = 20;
/** Warm-up of the JIT compiler, in milliseconds. */
const WARM_UP = 3000;

/** Read operations: get, find by project, full list. */
export async function reads(server: Server, bare: Server, machines: number, effort: Effort): Promise<Figure[]> {
  return [
    ...(await get(server, bare, machines, effort)),
    ...(await find(server, bare, effort)),
    ...(await list(server, bare, effort)),
  ];
}

async function get(server: Server, bare: Server, machines: number, effort: Effort): Promise<Figure[]> {
  const paths = Array.from({ length: 200 }, (_, number) => `/v1/machine/${machineName((number * 97) % machines)}`);
  const bytes = await server.withToken().drain('GET', paths[0]!);
  const [ours, bares] = [new Rate(server, paths), new Rate(bare, [...paths].fill(`/${bytes}`))];
  for (const rate of [ours, bares]) await rate.load(WARM_UP);
  for (let slice = 0; slice < effort.slices; slice++) {
    await bares.measure(effort.slice);
    await ours.measure(effort.slice);
  }
  const ratio = ours.perSecond / bares.perSecond;
  return [
    {
      what: `get a machine, ${CONNECTIONS} connections`,
      value: perSecond(ours.perSecond),
      reference: `${perSecond(bares.perSecond)} bare route, ${bytes} bytes`,
      ratio,
      target: { text: 'ratio ≥ 0.5', met: ratio >= 0.5 },
    },
    {
      what: '  CPU time of the server for each',
      value: microseconds(ours.cpu),
      reference: `${microseconds(bares.cpu)} bare route`,
      ratio: ours.cpu / bares.cpu,
    },
  ];
}

/** Throughput of a server; medians of several slices. */
class Rate {
  private readonly rates: number[] = [];
  private readonly costs: number[] = [];

  constructor(
    private readonly server: Server,
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
    const options = { url, connections: CONNECTIONS, duration: duration / 1000, requests };
    const result = await awake(async () => autocannon(options));
    const failed = result.non2xx + result.errors;
    if (failed > 0) throw new Error(`${failed} requests to ${url} failed`);
    return { answers: result['2xx'], seconds: result.duration };
  }
}

async function find(server: Server, bare: Server, { finds }: Effort): Promise<Figure[]> {
  const client = server.withToken();
  const body = { allocation_project: projectName(1) };
  const answer = await client.ok('POST', '/v1/machine/find', body);
  const hits = (JSON.parse(answer.toString()) as unknown[]).length;
  if (hits !== PER_PROJECT) throw new Error(`the search found ${hits} machines, expected ${PER_PROJECT}`);
  const ours = await closedLoop(1, { tasks: finds }, () => client.drain('POST', '/v1/machine/find', body));
  const bares = await bareLatency(bare, 'POST', answer.length, finds);
  client.close();
  const p50 = ours.percentile(50);
  return [
    latency(`find by project (${hits} hits), p50`, ours, bares, 50, answer.length, {
      target: { text: 'p50 < 10 ms', met: p50 < 10 },
    }),
    latency(`find by project (${hits} hits), p99`, ours, bares, 99, answer.length),
  ];
}

async function list(server: Server, bare: Server, { lists }: Effort): Promise<Figure[]> {
  const client = server.withToken();
  const length = await client.drain('GET', '/v1/machine');
  const ours = await closedLoop(1, { tasks: lists }, () => client.drain('GET', '/v1/machine'));
  const bares = await bareLatency(bare, 'GET', length, lists);
  client.close();
  const p50 = ours.percentile(50);
  return [
    latency('full list, p50', ours, bares, 50, length, { target: { text: 'p50 < 300 ms', met: p50 < 300 } }),
    latency('full list, slowest', ours, bares, 100, length),
  ];
}

async function bareLatency(bare: Server, method: string, bytes: number, requests: number): Promise<Samples> {
  const client = new HttpClient(bare.url);
  const samples = await closedLoop(1, { tasks: requests }, () => client.drain(method, `/${bytes}`));
  client.close();
  return samples;
}

function latency(
  what: string,
  ours: Samples,
  bares: Samples,
  percent: number,
  bytes: number,
  further: Partial<Figure> = {},
): Figure {
  if (ours.errors.length > 0) throw new Error(`${what}: ${ours.errors[0]}`);
  const [value, reference] = [ours.percentile(percent), bares.percentile(percent)];
  return {
    what,
    value: milliseconds(value),
    reference: `${milliseconds(reference)} bare route, ${megabytes(bytes)}`,
    ratio: value / reference,
    ...further,
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
