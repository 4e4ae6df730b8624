import type { MachinesWanted } from '../options.js';
import type { Figure } from '../report.js';
import { allocateNetwork, measurePairs } from './acquisitions.js';
import type { Resource } from './acquisitions.js';
import type { Api } from './api.js';
import type { Site } from './site.js';

/** Largest number of callers, and of machines that each round allocates. */
const [CALLERS, PAIRS] = [20, 100];

/**
 * Allocates and frees machines that wait, each once, because a freed machine must boot first. Routes of v1 cannot create
 * them, so a row says what is missing where they are not there, or where the caller did not permit it.
 */
export async function machineAllocations(api: Api, site: Site, wanted: MachinesWanted | undefined): Promise<Figure[]> {
  const without = (why: string): Figure[] => [{ what: 'allocate + free a machine', value: `not measured: ${why}` }];
  if (!wanted) return without('it installs and wipes machines that wait; --allocate PARTITION,SIZE,IMAGE permits it');
  const { partition, size } = wanted;
  const query = { partition_id: partition, sizeid: size };
  const free = (await api.list<Found>('POST', '/v1/machine/find', query)).filter(isFree).length;
  if (free < 2)
    return without(`${free} machines of size ${size} in partition ${partition} are free, expected 2 or more`);
  const machine = machineOf(wanted, await allocateNetwork(api, site, partition));
  const alone = Math.min(Math.floor(free / 2), CALLERS);
  return [
    ...(await measurePairs(api, site, machine, { callers: 1, pairs: alone })),
    ...(await measurePairs(api, site, machine, { callers: CALLERS, pairs: Math.min(free - alone, PAIRS) })),
  ];
}

interface Found {
  readonly allocation?: object | null;
  readonly liveliness?: string;
  readonly state?: { readonly value: string };
}

const isFree = ({ allocation, liveliness, state }: Found): boolean =>
  !allocation && liveliness === 'Alive' && (state?.value ?? '') === '';

const machineOf = ({ partition, size, image }: MachinesWanted, networkid: string): Resource => ({
  name: 'a machine',
  allocate: async (api, { projectId, name }) => {
    const request = {
      ...{ projectid: projectId, partitionid: partition, sizeid: size, imageid: image, name, hostname: name },
      ...{ networks: [{ networkid }], ssh_pub_keys: [] },
    };
    return (await api.call<{ id: string }>('POST', '/v1/machine/allocate', request)).id;
  },
  free: (api, id) => api.call('DELETE', `/v1/machine/${id}/free`),
});
