import { closedLoop, inParallel, Samples, timed } from '../load.js';
import { milliseconds, perSecond } from '../quantity.js';
import type { Figure } from '../report.js';
import type { Api } from './api.js';
import type { RemoteEffort } from './effort.js';
import type { Site } from './site.js';

/** What a caller allocates and frees. */
export interface Resource {
  readonly name: string;
  /** Returns the ID of a new one. */
  readonly allocate: (api: Api, site: Site) => Promise<string>;
  readonly free: (api: Api, id: string) => Promise<unknown>;
}

const ADDRESS: Resource = {
  name: 'an address',
  allocate: async (api, { externalId, projectId, name }) => {
    const wanted = { networkid: externalId, projectid: projectId, name, type: 'ephemeral' };
    return (await api.call<{ ipaddress: string }>('POST', '/v1/ip/allocate', wanted)).ipaddress;
  },
  free: (api, id) => api.call('DELETE', `/v1/ip/free/${id}`),
};

/** Allocates a network in a partition for the project of the benchmark; returns its ID. */
export async function allocateNetwork(api: Api, { projectId, name }: Site, partitionid: string): Promise<string> {
  const wanted = { partitionid, projectid: projectId, name };
  return (await api.call<{ id: string }>('POST', '/v1/network/allocate', wanted)).id;
}

const NETWORK: Resource = {
  name: 'a network',
  allocate: (api, site) => allocateNetwork(api, site, site.name),
  free: (api, id) => api.call('DELETE', `/v1/network/free/${id}`),
};

/** Creates addresses and networks that stay, so that lists have something to show. */
export async function furnish(api: Api, site: Site, { addresses, networks }: RemoteEffort): Promise<void> {
  await inParallel(10, Array.from({ length: networks }), () => NETWORK.allocate(api, site));
  await inParallel(10, Array.from({ length: addresses }), () => ADDRESS.allocate(api, site));
}

/** Pairs of allocate and free per second, and the latency of each, by number of callers. */
export async function acquisitions(api: Api, site: Site, { pairs }: RemoteEffort): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const resource of [ADDRESS, NETWORK])
    for (const [index, round] of pairs.entries()) {
      const measured = await measurePairs(api, site, resource, round);
      if (index > 0) figures.push(...measured);
    }
  return figures;
}

/** Pairs of allocate and free by a number of callers: a row for the pairs, and one for each half. */
export async function measurePairs(
  api: Api,
  site: Site,
  { name, allocate, free }: Resource,
  { callers, pairs }: RemoteEffort['pairs'][number],
): Promise<Figure[]> {
  const [allocated, freed] = [new Samples(), new Samples()];
  const all = await closedLoop(callers, { tasks: pairs }, async () => {
    const id = await timed(allocated, () => allocate(api, site));
    await timed(freed, () => free(api, id));
  });
  api.throwIfAborted();
  return [
    {
      what: `allocate + free ${name}, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
      value: perSecond(all.rate, 'pairs'),
      latency: all.latency,
      target: { text: `no errors of ${pairs}`, met: all.errors.length === 0 },
    },
    part('allocate', allocated),
    part('free', freed),
    ...[...new Set(all.errors)].slice(0, 3).map((error) => ({ what: '  error', value: error })),
  ];
}

const part = (name: string, samples: Samples): Figure => ({
  what: `  ${name}`,
  value: milliseconds(samples.percentile(50)),
  latency: samples.latency,
});
