import { bmcReports, hostileRequests } from '../hostile.js';
import type { HostileRequest } from '../hostile.js';
import { healthDuring } from '../health.js';
import type { HttpClient } from '../http-client.js';
import { closedLoop, inParallel } from '../load.js';
import { machineName, partitionName } from '../fleet/names.js';
import { placesOf } from '../fleet/places.js';
import { bytes, megabytes, milliseconds } from '../quantity.js';
import type { Figure } from '../report.js';
import type { Effort } from '../effort.js';
import type { Server } from '../server.js';

/** How long one request may hold the event loop, and health may take while all kinds of requests are under way. */
const [MAX_STALL, MAX_HEALTH] = [50, 1000];

/** Machines whose BMCs are reported by one request. */
const REPORTED = 1000;

/** Measures how long the most expensive requests block the event loop, one by one and all together. */
export async function stalls(server: Server, machines: number, effort: Effort): Promise<Figure[]> {
  return [...(await switches(server, effort)), ...(await oneByOne(server, machines)), ...(await together(server))];
}

/** Lists of switches, whose ports are computed from machines, networks and addresses. */
async function switches(server: Server, { lists }: Effort): Promise<Figure[]> {
  const client = server.withToken();
  const length = await client.drain('GET', '/v1/switch');
  const one = await closedLoop(1, { tasks: lists * 3 }, () => client.drain('GET', '/v1/switch'));
  const many = await closedLoop(100, { tasks: 100 }, () => client.drain('GET', '/v1/switch'));
  client.close();
  return [
    {
      what: 'list of switches, p50',
      value: milliseconds(one.percentile(50)),
      latency: one.latency,
      reference: megabytes(length),
    },
    {
      what: '  100 at a time, all',
      value: milliseconds(many.elapsed),
      latency: many.latency,
      reference: megabytes(length * 100),
    },
  ];
}

async function oneByOne(server: Server, machines: number): Promise<Figure[]> {
  const client = server.withToken();
  const ids = { machine: machineName(1), firewall: machineName(1), partition: 'partition-001' };
  const reports = bmcReports(partitionName(0), reportedMachines(machines));
  // The second time, all machines are known.
  const requests = [...hostileRequests(ids), reports, { ...reports, what: `${reports.what}, again` }];
  let worst = { stall: 0, what: '' };
  let unexpected = '';
  for (const request of requests) {
    let status = 0;
    const body = request.body?.();
    const stall = await server.stallDuring(async () => (status = await send(client, request, body)));
    if (stall > worst.stall) worst = { stall, what: request.what };
    if (status === 500) unexpected ||= request.what;
  }
  client.close();
  return [
    {
      what: `event loop held by one of ${requests.length} hostile requests, worst`,
      value: milliseconds(worst.stall),
      stall: worst.stall,
      reference: worst.what,
      target: { text: `< ${MAX_STALL} ms`, met: worst.stall < MAX_STALL },
    },
    ...(unexpected === '' ? [] : [{ what: '  answered 500', value: unexpected, target: { text: 'none', met: false } }]),
  ];
}

/** The machines of the largest partition, and new ones if it has too few. */
function reportedMachines(machines: number): string[] {
  const known = placesOf(machines).filter(({ partition }) => partition === 0);
  const numbers = known.map(({ number }) => number).slice(0, REPORTED);
  return [...numbers, ...Array.from({ length: REPORTED - numbers.length }, (_, at) => machines + at)].map(machineName);
}

/** The status; 0 if the connection was cut, which may happen when a body is refused before its end. */
async function send(client: HttpClient, { method, path }: HostileRequest, body: string | undefined): Promise<number> {
  return client.status(method, path, body).catch(() => 0);
}

/** Runs lists, searches and checks concurrently, with many callers each, while health is polled. */
async function together(server: Server): Promise<Figure[]> {
  const client = server.withToken();
  const requests = ['/v1/machine', '/v1/switch', '/v1/network', '/v1/ip', '/fsck', '/v1/partition/capacity'];
  const all = requests.flatMap((path) => Array.from({ length: 20 }, () => path));
  let stall = 0;
  const health = await healthDuring(server.url, async () => {
    stall = await server.stallDuring(async () => {
      await inParallel(all.length, all, (path) => client.drain('GET', path));
      await client.drain('POST', '/v1/machine/issues/evaluate', {});
    });
  });
  client.close();
  return [
    {
      what: `event loop held by ${all.length} lists and checks together`,
      value: milliseconds(stall),
      stall,
      reference: 'not one request, but all of them',
    },
    {
      what: '  health meanwhile, slowest',
      value: milliseconds(health.slowest),
      latency: health.latency,
      target: { text: `< ${MAX_HEALTH} ms`, met: health.slowest < MAX_HEALTH },
    },
    { what: '  memory afterwards', value: bytes(server.memory) },
  ];
}
