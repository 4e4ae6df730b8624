import type { RestClient } from '../../../src/agent/rest-client.js';
import { LAB_HARDWARE } from '../../../src/agent/simulator/lab.js';

export const SIZE = 'c1';
export const IMAGE = 'debian-12.0.20260101';
export const FIREWALL_IMAGE = 'firewall-debian-12.0.20260101';

export const PROJECTS = ['STOR', 'A', 'B', 'B2'] as const;
export type ProjectName = (typeof PROJECTS)[number];

const boot = { imageurl: '', kernelurl: '', commandline: '' };

const image = (id: string, feature: string): object => ({
  id,
  url: 'http://127.0.0.1/image',
  features: [feature],
  classification: 'supported',
  expirationDate: '2099-12-31T00:00:00Z',
});

const size = {
  id: SIZE,
  constraints: [
    { type: 'cores', min: LAB_HARDWARE.cores, max: LAB_HARDWARE.cores },
    { type: 'memory', min: LAB_HARDWARE.memory, max: LAB_HARDWARE.memory },
    { type: 'storage', min: LAB_HARDWARE.disk.size, max: LAB_HARDWARE.disk.size },
  ],
};

const layout = {
  id: 'default',
  constraints: { sizes: [SIZE], images: { debian: '*', 'firewall-debian': '*' } },
  disks: [
    { device: LAB_HARDWARE.disk.name, wipeonreinstall: true, partitions: [{ number: 1, label: 'root', size: 1000 }] },
  ],
  filesystems: [{ path: '/', device: `${LAB_HARDWARE.disk.name}1`, format: 'ext4', label: 'root' }],
};

const superNetwork = (id: string, partitionid: string, prefix: string): object => ({
  id,
  partitionid,
  prefixes: [prefix],
  privatesuper: true,
  defaultchildprefixlength: { IPv4: 22 },
  additionalAnnouncableCIDRs: ['10.240.0.0/12'],
});

const underlay = (id: string, partitionid: string, prefix: string): object => ({
  id,
  partitionid,
  prefixes: [prefix],
  underlay: true,
});

/**
 * Creates the master data that the acceptance scenarios of
 * docs/reference/network-acceptance.md#acceptance-scenarios-for-networks assume, down to the top-level networks, and
 * additionally a partition P3 without underlay. Returns the IDs of the projects.
 */
export async function installCatalog(admin: RestClient): Promise<Record<ProjectName, string>> {
  await admin.put('v1/image', image(IMAGE, 'machine'));
  await admin.put('v1/image', image(FIREWALL_IMAGE, 'firewall'));
  await admin.put('v1/size', size);
  await admin.put('v1/filesystemlayout', layout);
  for (const id of ['P1', 'P2', 'P3']) await admin.put('v1/partition', { id, bootconfig: boot });
  await admin.put('v1/network', superNetwork('S1', 'P1', '10.0.0.0/16'));
  await admin.put('v1/network', superNetwork('S2', 'P2', '10.64.0.0/16'));
  await admin.put('v1/network', superNetwork('S3', 'P3', '10.96.0.0/16'));
  await admin.put('v1/network', underlay('U1', 'P1', '10.128.0.0/24'));
  await admin.put('v1/network', underlay('U2', 'P2', '10.129.0.0/24'));
  await admin.put('v1/network', internet('INET', 104009, '203.0.113.0/24'));
  await admin.put('v1/tenant', { meta: { id: 't' }, name: 't' });
  const ids = await Promise.all(PROJECTS.map((name) => newProject(admin, name)));
  return Object.fromEntries(PROJECTS.map((name, i) => [name, ids[i]])) as Record<ProjectName, string>;
}

/** An external network with a default route. */
export const internet = (id: string, vrf: number, prefix: string): object => ({
  id,
  prefixes: [prefix],
  destinationprefixes: ['0.0.0.0/0'],
  nat: true,
  vrf,
});

/** Returns the ID. */
export async function newProject(admin: RestClient, name: string): Promise<string> {
  const { meta } = await admin.put<{ meta: { id: string } }>('v1/project', { name, tenant_id: 't' });
  return meta.id;
}
