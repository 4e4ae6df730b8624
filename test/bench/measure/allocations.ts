import type { Effort } from '../effort.js';
import { imageName, networkName, partitionName, projectName, sizeName } from '../fleet/names.js';
import type { HttpClient } from '../http-client.js';
import { closedLoop, Samples, timed } from '../load.js';
import { milliseconds, perSecond } from '../quantity.js';
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

/** Period of the probe of stalls, in milliseconds: too long to slow the server down. */
const PROBE = 20;

/** Allocates and frees. A freed machine must boot before it can be allocated again, so each machine is used once. */
export async function allocations(server: Server, raw: RawWrites, { pairs: rounds }: Effort): Promise<Figure[]> {
  const client = server.withSignatures();
  const seen = new Set<string>();
  const figures: Figure[] = [];
  const [warmUp, ...reported] = rounds;
  if (warmUp) await round(server, client, warmUp, raw, seen);
  for (const one of reported) figures.push(...(await round(server, client, one, raw, seen)));
  client.close();
  return figures;
}

async function round(
  server: Server,
  client: HttpClient,
  { concurrency, pairs }: Effort['pairs'][number],
  raw: RawWrites,
  seen: Set<string>,
): Promise<Figure[]> {
  const [all, allocate, free] = [new Samples(), new Samples(), new Samples()];
  const pair = async (number: number): Promise<void> => {
    const id = await timed(allocate, async () => {
      const name = `bench-${concurrency}-${number}`;
      const body = await client.ok('POST', '/v1/machine/allocate', { ...REQUEST, name, hostname: name });
      return (JSON.parse(body.toString()) as { id: string }).id;
    });
    if (seen.has(id)) throw new Error(`machine ${id} was handed out twice`);
    seen.add(id);
    await timed(free, () => client.ok('DELETE', `/v1/machine/${id}/free`));
  };
  const stall = await server.stallDuring(() => closedLoop(concurrency, { tasks: pairs }, pair, all), PROBE);
  const durable = raw.get(concurrency)!;
  return [
    {
      what: `allocate + free, concurrency ${concurrency}`,
      value: perSecond(all.rate, 'pairs'),
      latency: all.latency,
      stall,
      reference: perSecond(durable, 'durable writes'),
      target: { text: `no errors of ${pairs}`, met: all.errors.length === 0 },
    },
    part('allocate', allocate),
    part('free', free),
    ...[...new Set(all.errors)].slice(0, 3).map((error) => ({ what: '  error', value: error })),
  ];
}

const part = (name: string, samples: Samples): Figure => ({
  what: `  ${name}`,
  value: milliseconds(samples.percentile(50)),
  latency: samples.latency,
});
