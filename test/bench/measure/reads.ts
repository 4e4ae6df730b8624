import autocannon from 'autocannon';
import type { Effort } from '../effort.js';
import { machineName, PER_PROJECT, projectName } from '../fleet/names.js';
import { closedLoop, HttpClient } from '../load.js';
import type { Samples } from '../load.js';
import { megabytes, milliseconds, perSecond } from '../report.js';
import type { Figure } from '../report.js';
import { Server } from '../server.js';

/** Clients at a time where a rate is measured. */
const CONNECTIONS = 20;

/** What only reads: get, find by project, full list. */
export async function reads(server: Server, bare: Server, machines: number, effort: Effort): Promise<Figure[]> {
  return [
    await get(server, bare, machines, effort),
    ...(await find(server, bare, effort)),
    ...(await list(server, bare, effort)),
  ];
}

async function get(server: Server, bare: Server, machines: number, effort: Effort): Promise<Figure> {
  const paths = Array.from({ length: 500 }, (_, number) => `/v1/machine/${machineName((number * 97) % machines)}`);
  const { length } = await server.withToken().ok('GET', paths[0]!);
  const [ours, bares]: [number[], number[]] = [[], []];
  await rate(server.url, paths, effort.slice);
  for (let slice = 0; slice < effort.slices; slice++) {
    bares.push(
      await rate(
        bare.url,
        paths.map(() => `/${length}`),
        effort.slice,
      ),
    );
    ours.push(await rate(server.url, paths, effort.slice));
  }
  const ratio = median(ours) / median(bares);
  return {
    what: `get a machine, ${CONNECTIONS} connections`,
    value: perSecond(median(ours)),
    reference: `${perSecond(median(bares))} bare route, ${length} bytes`,
    ratio,
    target: { text: 'ratio ≥ 0.5', met: ratio >= 0.5 },
  };
}

/** Answers in a second; throws Error when any is no success. */
async function rate(url: string, paths: readonly string[], duration: number): Promise<number> {
  const headers = { authorization: Server.bearer };
  const requests = paths.map((path) => ({ method: 'GET' as const, path, headers }));
  const result = await autocannon({ url, connections: CONNECTIONS, duration: duration / 1000, requests });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests to ${url} failed`);
  return result['2xx'] / result.duration;
}

async function find(server: Server, bare: Server, { finds }: Effort): Promise<Figure[]> {
  const client = server.withToken();
  const body = { allocation_project: projectName(1) };
  const answer = await client.ok('POST', '/v1/machine/find', body);
  const hits = (JSON.parse(answer.toString()) as unknown[]).length;
  if (hits !== PER_PROJECT) throw new Error(`the search found ${hits} machines, expected ${PER_PROJECT}`);
  const ours = await closedLoop(1, { tasks: finds }, () => client.ok('POST', '/v1/machine/find', body));
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
  const { length } = await client.ok('GET', '/v1/machine');
  const ours = await closedLoop(1, { tasks: lists }, () => client.ok('GET', '/v1/machine'));
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
  const samples = await closedLoop(1, { tasks: requests }, () => client.ok(method, `/${bytes}`));
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
