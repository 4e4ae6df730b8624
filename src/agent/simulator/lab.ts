import { SYSTEM_PROJECT } from '../../modules/project/project.js';
import { RestError } from '../rest-client.js';
import type { RestClient } from '../rest-client.js';

/** IDs of the master data that `installLab` creates. */
export interface Lab {
  readonly partition: string;
  readonly size: string;
  readonly machineImage: string;
  readonly firewallImage: string;
  /** Projects of the storage provider and of two tenants. */
  readonly projects: { readonly storage: string; readonly a: string; readonly b: string };
  /** External network with a default route. */
  readonly internet: string;
}

/** Hardware of every machine of the lab. The lab's size matches exactly this. */
export const LAB_HARDWARE = {
  memory: 64 * 1024 ** 3,
  cores: 8,
  disk: { name: '/dev/sda', size: 500 * 1024 ** 3 },
};

const GIB = 1024 ** 3;

/**
 * Creates the master data of a small data centre with one partition: images, size, filesystem layout, super network,
 * underlay, internet network and projects. Idempotent: existing entities stay unchanged. `urls` is the base URL of
 * kernel, initrd and images.
 */
export async function installLab(admin: RestClient, partition = 'lab', urls = 'http://127.0.0.1'): Promise<Lab> {
  const ensure = async (path: string, body: object): Promise<void> => {
    try {
      await admin.put(path, body);
    } catch (error) {
      if (!(error instanceof RestError && error.status === 409)) throw error;
    }
  };
  const lab: Lab = {
    partition,
    size: 'c1-lab-x86',
    machineImage: 'debian-12.0.20260101',
    firewallImage: 'firewall-debian-12.0.20260101',
    projects: { storage: 'storage', a: 'project-a', b: 'project-b' },
    internet: 'internet',
  };
  await ensure('v1/image', image(lab.machineImage, 'machine', urls));
  await ensure('v1/image', image(lab.firewallImage, 'firewall', urls));
  await ensure('v1/partition', partitionOf(partition, urls));
  await ensure('v1/size', size(lab.size));
  await ensure('v1/filesystemlayout', layout(lab.size));
  const tenant = await operatorTenant(admin);
  for (const id of Object.values(lab.projects)) await ensureProject(admin, id, tenant);
  await firstThatFits(SUPER_PREFIXES, (prefix) => ensure('v1/network', superNetwork(partition, prefix)));
  await firstThatFits(UNDERLAY_PREFIXES, (prefix) => ensure('v1/network', underlay(partition, prefix)));
  await ensure('v1/network', internet(lab.internet));
  return lab;
}

/** A partition uses the first prefix that does not overlap another network. */
const SUPER_PREFIXES = Array.from({ length: 32 }, (_, index) => `10.${index * 4}.0.0/14`);
const UNDERLAY_PREFIXES = Array.from({ length: 32 }, (_, index) => `10.${253 - index}.0.0/16`);

/** Tries the prefixes in order until the API accepts one. Throws the last RestError if it refuses all of them (422). */
async function firstThatFits(prefixes: readonly string[], attempt: (prefix: string) => Promise<void>): Promise<void> {
  for (const [index, prefix] of prefixes.entries()) {
    try {
      return await attempt(prefix);
    } catch (error) {
      if (!(error instanceof RestError && error.status === 422) || index === prefixes.length - 1) throw error;
    }
  }
}

const image = (id: string, feature: string, urls: string): object => ({
  id,
  name: id,
  url: `${urls}/images/${id}.tar.lz4`,
  features: [feature],
  classification: 'supported',
  expirationDate: '2099-12-31T00:00:00Z',
});

const partitionOf = (id: string, urls: string): object => ({
  id,
  name: id,
  description: 'a simulated partition',
  mgmtserviceaddress: '127.0.0.1',
  bootconfig: { imageurl: `${urls}/initrd.img`, kernelurl: `${urls}/kernel`, commandline: 'console=ttyS0' },
});

const size = (id: string): object => ({
  id,
  name: id,
  constraints: [
    { type: 'cores', min: LAB_HARDWARE.cores, max: LAB_HARDWARE.cores },
    { type: 'memory', min: LAB_HARDWARE.memory, max: LAB_HARDWARE.memory },
    { type: 'storage', min: LAB_HARDWARE.disk.size, max: LAB_HARDWARE.disk.size },
  ],
});

const layout = (sizeId: string): object => ({
  id: 'default',
  name: 'default',
  constraints: { sizes: [sizeId], images: { debian: '*', 'firewall-debian': '*' } },
  disks: [
    {
      device: LAB_HARDWARE.disk.name,
      wipeonreinstall: true,
      partitions: [
        { number: 1, label: 'efi', size: 500, gpttype: 'ef00' },
        { number: 2, label: 'root', size: (100 * GIB) / 1024 ** 2, gpttype: '8300' },
      ],
    },
  ],
  filesystems: [
    {
      path: '/boot/efi',
      device: '/dev/sda1',
      format: 'vfat',
      label: 'efi',
      mountoptions: [],
      createoptions: ['-F', '32'],
    },
    { path: '/', device: '/dev/sda2', format: 'ext4', label: 'root', mountoptions: [], createoptions: [] },
  ],
});

const superNetwork = (partition: string, prefix: string): object => ({
  id: `${partition}-super`,
  name: 'private super network',
  partitionid: partition,
  privatesuper: true,
  underlay: false,
  nat: false,
  prefixes: [prefix],
  destinationprefixes: [],
  defaultchildprefixlength: { IPv4: 22 },
});

const underlay = (partition: string, prefix: string): object => ({
  id: `${partition}-underlay`,
  name: 'underlay',
  partitionid: partition,
  privatesuper: false,
  underlay: true,
  nat: false,
  prefixes: [prefix],
  destinationprefixes: [],
});

const internet = (id: string): object => ({
  id,
  name: 'internet',
  privatesuper: false,
  underlay: false,
  nat: true,
  vrf: 104009,
  prefixes: ['203.0.113.0/24', '198.51.100.0/24'],
  destinationprefixes: ['0.0.0.0/0'],
  labels: { 'network.metal-stack.io/default': '', 'network.metal-stack.io/default-external': '' },
});

/** The tenant that exists in every installation, whatever its setting calls it: the owner of the system project. */
async function operatorTenant(admin: RestClient): Promise<string> {
  const { tenant_id: tenant } = await admin.get<{ tenant_id: string }>(`v1/project/${SYSTEM_PROJECT}`);
  return tenant;
}

/** Creates a project with a fixed ID (`meta.id`) unless a project with this ID exists. */
async function ensureProject(admin: RestClient, id: string, tenant: string): Promise<void> {
  try {
    await admin.get(`v1/project/${id}`);
  } catch (error) {
    if (!(error instanceof RestError && error.status === 404)) throw error;
    await admin.put('v1/project', {
      name: id,
      description: `project ${id} of the lab`,
      tenant_id: tenant,
      meta: { id, kind: 'Project', apiversion: 'v1' },
    });
  }
}
