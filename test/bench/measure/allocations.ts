import type { Effort } from '../effort.js';
import { imageName, networkName, partitionName, projectName, sizeName } from '../fleet/names.js';
import { closedLoop, Samples } from '../load.js';
import type { HttpClient } from '../load.js';
import { milliseconds, perSecond } from '../report.js';
import type { Figure } from '../report.js';
import type { Server } from '../server.js';
import type { RawWrites } from './raw-writes.js';

/** All have one size, in one partition and one network: the worst case for contention. */
const REQUEST = {
  projectid: projectName(0),
  partitionid: partitionName(0),
  sizeid: sizeName(0),
  imageid: imageName(0),
  networks: [{ networkid: networkName(0) }],
  ssh_pub_keys: [],
};

/** Allocates and frees. A freed machine must boot before it can be allocated again, so each machine is used once. */
export async function allocations(server: Server, raw: RawWrites, { pairs: rounds }: Effort): Promise<Figure[]> {
  const client = server.withSignatures();
  const seen = new Set<string>();
  const figures: Figure[] = [];
  const [warmUp, ...reported] = rounds;
  if (warmUp) await round(client, warmUp.concurrency, warmUp.pairs, raw, seen);
  for (const { concurrency, pairs } of reported) figures.push(...(await round(client, concurrency, pairs, raw, seen)));
  client.close();
  return figures;
}

async function round(
  client: HttpClient,
  concurrency: number,
  pairs: number,
  raw: RawWrites,
  seen: Set<string>,
): Promise<Figure[]> {
  const [allocate, free] = [new Samples(), new Samples()];
  const all = await closedLoop(concurrency, { tasks: pairs }, async (number) => {
    const id = await timed(allocate, async () => {
      const name = `bench-${concurrency}-${number}`;
      const body = await client.ok('POST', '/v1/machine/allocate', { ...REQUEST, name, hostname: name });
      return (JSON.parse(body.toString()) as { id: string }).id;
    });
    if (seen.has(id)) throw new Error(`machine ${id} was handed out twice`);
    seen.add(id);
    await timed(free, () => client.ok('DELETE', `/v1/machine/${id}/free`));
  });
  const durable = raw.get(concurrency)!;
  return [
    {
      what: `allocate + free, concurrency ${concurrency}`,
      value: `${perSecond(all.rate)} pairs`,
      reference: `${perSecond(durable)} durable writes`,
      ratio: all.rate / durable,
      target: { text: `no errors of ${pairs}`, met: all.errors.length === 0 },
    },
    { what: '  allocate p50 / p99', value: quantiles(allocate) },
    { what: '  free p50 / p99', value: quantiles(free) },
    ...[...new Set(all.errors)].slice(0, 3).map((error) => ({ what: '  error', value: error })),
  ];
}

async function timed<T>(samples: Samples, task: () => Promise<T>): Promise<T> {
  const before = performance.now();
  const result = await task();
  samples.add(performance.now() - before);
  return result;
}

const quantiles = (samples: Samples): string =>
  `${milliseconds(samples.percentile(50))} / ${milliseconds(samples.percentile(99))}`;
