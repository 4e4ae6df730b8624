import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Effort } from '../effort.js';
import { machineName, partitionName, projectName } from '../fleet/names.js';
import type { HttpClient } from '../http-client.js';
import type { ListLoad, ListsRead } from '../list-load.js';
import { closedLoop, inParallel, Samples, timed } from '../load.js';
import { megabytes, milliseconds, perSecond } from '../quantity.js';
import type { Figure } from '../report.js';
import { Server } from '../server.js';
import type { RawWrites } from './raw-writes.js';

/** Agents and controllers that call at the same time. */
const CALLERS = 20;
/** Callers that list while others get. */
const LISTERS = 10;
/** Networks of clusters, and addresses of one project, which has machines: the port filters of their switches name all. */
const [NETWORKS, ADDRESSES] = [100, 5000];
/** Addresses that one network of a cluster has room for. */
const PER_NETWORK = 1700;

/** Reports of a switch per second, and milliseconds to free a child network: metal-stack's own server with such data. */
const UPSTREAM = { reports: 416, free: 5 };

const LISTS = {
  switches: { path: '/v1/switch', milliseconds: 20 },
  networks: { path: '/v1/network', milliseconds: 2 },
  addresses: { path: '/v1/ip', milliseconds: 5 },
};

/** What agents and controllers do all day: switches report, controllers list, clusters come and go. */
export async function polling(server: Server, raw: RawWrites, machines: number, effort: Effort): Promise<Figure[]> {
  const client = server.withToken();
  try {
    await furnish(client);
    const figures = [...(await reports(server, client, raw, effort))];
    for (const name of Object.keys(LISTS) as (keyof typeof LISTS)[])
      figures.push(await list(server, client, name, effort));
    figures.push(...(await getsBesideLists(server, client, machines, effort)));
    return [...figures, ...(await clusterNetworks(client, effort))];
  } finally {
    client.close();
  }
}

async function furnish(client: HttpClient): Promise<void> {
  const networks = new Map<number, string>();
  const numbers = Array.from({ length: NETWORKS }, (_, number) => number);
  await inParallel(CALLERS, numbers, async (number) => networks.set(number, await allocateNetwork(client, number)));
  await inParallel(CALLERS, [...Array(ADDRESSES).keys()], (number) => {
    const networkid = networks.get(Math.floor(number / PER_NETWORK));
    return client.ok('POST', '/v1/ip/allocate', { networkid, projectid: projectName(1), type: 'static' });
  });
}

async function allocateNetwork(client: HttpClient, partition: number): Promise<string> {
  const wanted = { partitionid: partitionName(partition), projectid: projectName(1), name: 'bench' };
  const answer = await client.ok('POST', '/v1/network/allocate', wanted);
  return (JSON.parse(answer.toString()) as { id: string }).id;
}

interface Leaf {
  readonly id: string;
  readonly nics: readonly { readonly name: string }[];
}

async function reports(server: Server, client: HttpClient, raw: RawWrites, { writes }: Effort): Promise<Figure[]> {
  const leaves = JSON.parse((await client.ok('GET', '/v1/switch')).toString()) as Leaf[];
  const states = leaves.map(({ id, nics }) => ({
    path: `/v1/switch/${id}/notify`,
    body: { sync_duration: 1e9, error: null, port_states: Object.fromEntries(nics.map(({ name }) => [name, 'UP'])) },
  }));
  const report = async (number: number): Promise<number> => {
    const { path, body } = states[number % states.length]!;
    return (await client.ok('POST', path, body)).length;
  };
  const bytes = await report(0);
  let measured = new Samples();
  const stall = await server.stallDuring(async () => {
    measured = await closedLoop(CALLERS, { milliseconds: writes * 2 }, report);
  });
  failOn(measured);
  return [
    {
      what: `reports of switches, ${CALLERS} at a time`,
      value: perSecond(measured.rate),
      latency: measured.latency,
      stall,
      reference: perSecond(raw.get(CALLERS)!, 'durable writes'),
      target: { text: `≥ ${2 * UPSTREAM.reports}/s`, met: measured.rate >= 2 * UPSTREAM.reports },
    },
    { what: '  answer', value: megabytes(bytes) },
  ];
}

async function list(server: Server, client: HttpClient, name: keyof typeof LISTS, { lists }: Effort): Promise<Figure> {
  const { path, milliseconds: wanted } = LISTS[name];
  const count = (JSON.parse((await client.ok('GET', path)).toString()) as unknown[]).length;
  const bytes = await client.drain('GET', path);
  const measured = await closedLoop(1, { tasks: lists * 5 }, () => client.drain('GET', path));
  const stall = await server.stallDuring(() => closedLoop(1, { tasks: lists }, () => client.drain('GET', path)));
  failOn(measured);
  const p50 = measured.percentile(50);
  return {
    what: `list of ${count} ${name}, p50`,
    value: milliseconds(p50),
    latency: measured.latency,
    stall,
    reference: megabytes(bytes),
    target: { text: `≤ ${wanted} ms`, met: p50 <= wanted },
  };
}

/** How much of their rate gets keep while other clients do nothing but list; both are measured in turns. */
async function getsBesideLists(
  server: Server,
  client: HttpClient,
  machines: number,
  { slice, slices }: Effort,
): Promise<Figure[]> {
  const [alone, beside] = [new Samples(), new Samples()];
  const gets = (samples: Samples): Promise<unknown> =>
    closedLoop(
      CALLERS,
      { milliseconds: slice },
      (number) => client.drain('GET', `/v1/machine/${machineName((number * 97) % machines)}`),
      samples,
    );
  const paths = ['/v1/machine', ...Object.values(LISTS).map(({ path }) => path)];
  let lists = 0;
  for (let turn = 0; turn < slices; turn++) {
    await gets(alone);
    lists += await whileListing(server, paths, () => gets(beside));
  }
  failOn(alone);
  failOn(beside);
  return [
    {
      what: `gets beside ${LISTERS} callers that list`,
      value: perSecond(beside.rate),
      latency: beside.latency,
      reference: perSecond(alone.rate, 'without lists'),
      target: { text: '≥ a third', met: beside.rate >= alone.rate / 3 },
    },
    { what: '  lists meanwhile', value: perSecond(lists / ((slices * slice) / 1000)) },
  ];
}

/** Runs the task while callers list; returns how many lists they read. */
async function whileListing(server: Server, paths: readonly string[], task: () => Promise<unknown>): Promise<number> {
  const load: ListLoad = { url: server.url, authorization: Server.bearer, paths, callers: LISTERS };
  const listers = fork(fileURLToPath(new URL('../list-load.js', import.meta.url)));
  try {
    const answer = async (question: ListLoad | 'stop'): Promise<number> => {
      const told = once(listers, 'message') as Promise<[ListsRead]>;
      listers.send(question);
      const [{ lists, error }] = await told;
      if (error !== undefined) throw new Error(`lists failed: ${error}`);
      return lists;
    };
    await answer(load);
    await task();
    return await answer('stop');
  } finally {
    listers.kill();
  }
}

async function clusterNetworks(client: HttpClient, { finds }: Effort): Promise<Figure[]> {
  const [allocated, freed] = [new Samples(), new Samples()];
  const all = await closedLoop(1, { tasks: finds }, async () => {
    const id = await timed(allocated, () => allocateNetwork(client, 2));
    await timed(freed, () => client.ok('DELETE', `/v1/network/free/${id}`));
  });
  failOn(all);
  const free = freed.percentile(50);
  return [
    { what: 'allocate + free a child network, one caller', value: perSecond(all.rate, 'pairs'), latency: all.latency },
    { what: '  allocate', value: milliseconds(allocated.percentile(50)), latency: allocated.latency },
    {
      what: '  free',
      value: milliseconds(free),
      latency: freed.latency,
      target: { text: `≤ ${UPSTREAM.free} ms`, met: free <= UPSTREAM.free },
    },
  ];
}

function failOn({ errors: [error] }: Samples): void {
  if (error !== undefined) throw new Error(error);
}
