import { ipTable } from '../../src/modules/ip/ip.table.js';
import { machineTable } from '../../src/modules/machine/machine.table.js';
import type { AllocationSite } from './allocation-site.js';
import type { TestApp } from './app.js';
import { leaks } from './invariants.js';
import { tableOf } from './machines.js';

/** Body of a machine for `allocation/many`, in the network of the site. */
export const machineBody = ({ lab, network }: AllocationSite, fields: object = {}) => ({
  ...{ name: 'node', projectid: lab.projects.a, partitionid: lab.partition, sizeid: lab.size },
  ...{ imageid: lab.machineImage, networks: [{ networkid: network }] },
  ...fields,
});

/** Body of a firewall for `allocation/many`, between the network of the site and the internet. */
export const firewallBody = (site: AllocationSite, fields: object = {}) =>
  machineBody(site, {
    ...{ name: 'fw', imageid: site.lab.firewallImage },
    networks: [{ networkid: site.network }, { networkid: site.lab.internet }],
    ...fields,
  });

/** Body of an address for `allocation/many`, in the network of the site. */
export const ipBody = ({ lab, network }: AllocationSite, fields: object = {}) => ({
  ...{ networkid: network, projectid: lab.projects.a },
  ...fields,
});

/** What is allocated: machines with their allocations, and addresses of no machine. */
export function allocatedAt(server: TestApp): { readonly machines: string[]; readonly ips: string[] } {
  const machines = [...tableOf(server, machineTable).list()].filter(({ allocation }) => allocation !== undefined);
  const ips = [...tableOf(server, ipTable).list()].filter(({ attachments }) => attachments.length === 0);
  return { machines: machines.map(({ id }) => id).sort(), ips: ips.map(({ id }) => id).sort() };
}

/** Everything that violates an invariant: what `leaks` finds, and what fsck finds. */
export async function violationsAt(server: TestApp): Promise<string[]> {
  const { body } = await server.as('viewer').get('/fsck').expect(200);
  const { findings } = body as { readonly findings: readonly { readonly message: string }[] };
  return [...leaks((definition) => tableOf(server, definition)), ...findings.map(({ message }) => message)];
}

/** Limits the machines of a project. */
export async function setMachineQuota({ server }: AllocationSite, projectId: string, quota: number): Promise<void> {
  const { body: project } = await server.as('viewer').get(`/v1/project/${projectId}`).expect(200);
  const limited = { ...project, quotas: { machine: { quota } } };
  await server.as('admin').post('/v1/project').send(limited).expect(200);
}
