import { randomUUID } from 'node:crypto';
import { ipTable } from '../../src/modules/ip/ip.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import { networkTable } from '../../src/modules/network/network.table.js';
import type { AllocationSite } from './allocation-site.js';
import type { TestApp } from './app.js';
import { tableOf } from './machines.js';

export const KEY = 'Idempotency-Key';

/** Sends a request with an idempotency key; defaults to a new one. */
export const post = (server: TestApp, path: string, body: object, key: string = randomUUID()) =>
  server.as('editor').post(path).set(KEY, key).send(body);

export const ipBody = ({ lab, network }: AllocationSite) => ({ networkid: network, projectid: lab.projects.a });
export const machineBody = ({ lab, network }: AllocationSite) => ({
  ...{ name: 'node', projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size },
  ...{ imageid: lab.machineImage, networks: [{ networkid: network }] },
});
export const networkBody = ({ lab }: AllocationSite) => ({ partitionid: lab.partition, projectid: lab.projects.a });

/** Number of things of the kind that a path allocates. */
export function things(server: TestApp, path: string): number {
  if (path.includes('/ip/')) return tableOf(server, ipTable).size;
  if (path.includes('/network/')) return tableOf(server, networkTable).size;
  return [...tableOf(server, machineTable).list()].filter(({ allocation, claim }) => allocation ?? claim).length;
}
