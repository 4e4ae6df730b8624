import type { Effort } from '../effort.js';
import { machineName, PER_PROJECT, projectName } from '../fleet/names.js';
import { closedLoop, Samples } from '../load.js';
import { megabytes, microseconds, milliseconds, perSecond } from '../quantity.js';
import { Rate } from '../rate.js';
import type { Figure } from '../report.js';
import type { Server } from '../server.js';

/** Number of concurrent clients while a rate is measured. */
const CONNECTIONS = 20;
/** Parts of a measurement of latencies, which alternate between server and reference. */
const TURNS = 5;

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
  const client = server.withToken();
  const bytes = await client.drain('GET', paths[0]!);
  client.close();
  const [ours, bares] = [
    new Rate(server, CONNECTIONS, paths),
    new Rate(bare, CONNECTIONS, [...paths].fill(`/${bytes}`)),
  ];
  for (const rate of [ours, bares]) await rate.warmUp();
  for (let slice = 0; slice < effort.slices; slice++) {
    await bares.measure(effort.slice);
    await ours.measure(effort.slice);
  }
  // The probe costs some speed, so the rate is measured without it.
  const stall = await server.stallDuring(() => ours.load(effort.slice));
  const ratio = ours.perSecond / bares.perSecond;
  const single = await compared(server, bare, { method: 'GET', path: paths[0]!, count: effort.finds });
  return [
    {
      what: `get a machine, ${CONNECTIONS} connections`,
      value: perSecond(ours.perSecond),
      stall,
      reference: perSecond(bares.perSecond, `bare route, ${bytes} bytes`),
      target: { text: 'ratio ≥ 0.5', met: ratio >= 0.5 },
    },
    {
      what: '  CPU time of the server for each',
      value: microseconds(ours.cpu),
      reference: microseconds(bares.cpu, 'bare route'),
    },
    latency('  one at a time, p50', single, 50),
  ];
}

async function find(server: Server, bare: Server, { finds }: Effort): Promise<Figure[]> {
  const body = { allocation_project: projectName(1) };
  const client = server.withToken();
  const answer = await client.ok('POST', '/v1/machine/find', body);
  client.close();
  const hits = (JSON.parse(answer.toString()) as unknown[]).length;
  if (hits !== PER_PROJECT) throw new Error(`the search found ${hits} machines, expected ${PER_PROJECT}`);
  const found = await compared(server, bare, { method: 'POST', path: '/v1/machine/find', body, count: finds });
  const p50 = found.ours.percentile(50);
  return [
    latency(`find by project (${hits} hits), p50`, found, 50, {
      stall: found.stall,
      target: { text: 'p50 < 10 ms', met: p50 < 10 },
    }),
    latency(`find by project (${hits} hits), p99`, found, 99, { isUnsteady: true }),
  ];
}

async function list(server: Server, bare: Server, { lists }: Effort): Promise<Figure[]> {
  const listed = await compared(server, bare, { method: 'GET', path: '/v1/machine', count: lists });
  const p50 = listed.ours.percentile(50);
  return [
    latency('full list, p50', listed, 50, {
      stall: listed.stall,
      target: { text: 'p50 < 300 ms', met: p50 < 300 },
    }),
    latency('full list, slowest', listed, 100, { isUnsteady: true }),
  ];
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly count: number;
}

/** The same number of requests to server and bare route, in turns: other work on the computer slows down both. */
interface Compared {
  readonly ours: Samples;
  readonly bares: Samples;
  readonly bytes: number;
  readonly stall: number;
}

async function compared(server: Server, bare: Server, { method, path, body, count }: Request): Promise<Compared> {
  const [client, other] = [server.withToken(), bare.withToken()];
  const bytes = await client.drain(method, path, body);
  const [ours, bares, probed] = [new Samples(), new Samples(), new Samples()];
  const tasks = Math.ceil(count / TURNS);
  for (let turn = 0; turn < TURNS; turn++) {
    await closedLoop(1, { tasks }, () => other.drain(method, `/${bytes}`), bares);
    await closedLoop(1, { tasks }, () => client.drain(method, path, body), ours);
  }
  const stall = await server.stallDuring(() =>
    closedLoop(1, { tasks }, () => client.drain(method, path, body), probed),
  );
  client.close();
  other.close();
  const error = [ours, bares, probed].flatMap(({ errors }) => errors)[0];
  if (error !== undefined) throw new Error(error);
  return { ours, bares, bytes, stall };
}

function latency(
  what: string,
  { ours, bares, bytes }: Compared,
  percent: number,
  further: Partial<Figure> = {},
): Figure {
  return {
    what,
    value: milliseconds(ours.percentile(percent)),
    latency: ours.latency,
    reference: milliseconds(bares.percentile(percent), `bare route, ${megabytes(bytes)}`),
    ...further,
  };
}
