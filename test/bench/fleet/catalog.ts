import { filesystemLayoutTable } from '../../../src/modules/filesystem-layout/filesystem-layout.table.js';
import type { FilesystemLayout } from '../../../src/modules/filesystem-layout/filesystem-layout.js';
import { imageTable } from '../../../src/modules/image/image.table.js';
import { defaultExpiration, identifyImage } from '../../../src/modules/image/image.js';
import type { Image } from '../../../src/modules/image/image.js';
import { partitionTable } from '../../../src/modules/partition/partition.table.js';
import type { Partition } from '../../../src/modules/partition/partition.js';
import { projectTable } from '../../../src/modules/project/project.table.js';
import type { Project } from '../../../src/modules/project/project.js';
import { sizeTable } from '../../../src/modules/size/size.table.js';
import type { Size } from '../../../src/modules/size/size.js';
import { createMasterData } from '../../../src/modules/tenant/tenant.js';
import type { Tenant } from '../../../src/modules/tenant/tenant.js';
import { tenantTable } from '../../../src/modules/tenant/tenant.table.js';
import { createEntity } from '../../../src/shared/entity.js';
import { timestamp } from '../../../src/shared/clock.js';
import type { Content } from '../../../src/shared/document.js';
import { CATALOG, imageName, LAYOUT, partitionName, projectName, sizeName, TENANT } from './names.js';
import { contents, times } from './contents.js';
import type { Contents } from './contents.js';

/** The master data that machines refer to. `now` in milliseconds; `projects` excludes the one that machines are allocated for. */
export function catalog(projects: number, now: number): Contents[] {
  const at = timestamp(now);
  return [
    contents(
      partitionTable,
      times(CATALOG, (number) => partition(number, at)),
    ),
    contents(
      sizeTable,
      times(CATALOG, (number) => size(number, at)),
    ),
    contents(
      imageTable,
      times(CATALOG, (number) => image(number, now)),
    ),
    contents(filesystemLayoutTable, [layout(now)]),
    contents(tenantTable, [tenant(now)]),
    contents(
      projectTable,
      times(projects + 1, (number) => project(number, now)),
    ),
  ];
}

const named = (id: string) => ({ id, name: id, description: `${id} of the benchmark` });

const partition = (number: number, at: string): Content<Partition> =>
  createEntity<Partition>(
    {
      ...named(partitionName(number)),
      mgmtServiceAddress: `10.255.${number}.1:50051`,
      bootConfiguration: {
        imageUrl: 'https://images.example/metal-hammer/initrd.img',
        kernelUrl: 'https://images.example/metal-hammer/kernel',
        commandLine: 'console=ttyS1,115200n8 ip=dhcp',
      },
      labels: { site: partitionName(number) },
      dnsServers: ['9.9.9.9'],
      ntpServers: ['0.pool.ntp.org'],
      privateNetworkPrefixLength: 22,
    },
    at,
  );

const size = (number: number, at: string): Content<Size> =>
  createEntity<Size>(
    {
      ...named(sizeName(number)),
      labels: {},
      constraints: [
        { type: 'cores', min: 8 + number, max: 8 + number, identifier: '' },
        { type: 'memory', min: 2 ** 30, max: 2 ** 40, identifier: '' },
        { type: 'storage', min: 10 ** 9, max: 10 ** 14, identifier: '' },
      ],
    },
    at,
  );

const image = (number: number, now: number): Content<Image> =>
  createEntity<Image>(
    {
      ...named(imageName(number)),
      ...identifyImage(imageName(number)),
      url: `https://images.example/${imageName(number)}/img.tar.lz4`,
      features: ['machine'],
      classification: 'supported',
      expirationDate: defaultExpiration(now),
    },
    timestamp(now),
  );

/** The only layout of the fleet; it fits every size and image. */
export const layout = (now: number): Content<FilesystemLayout> =>
  createEntity<FilesystemLayout>(
    {
      ...named(LAYOUT),
      filesystems: [
        filesystem('/boot/efi', '/dev/sda1', 'vfat', 'efi'),
        filesystem('/', '/dev/sda2', 'ext4', 'root'),
        filesystem('/var', '/dev/sda3', 'ext4', 'varlib'),
        { device: 'tmpfs', format: 'tmpfs', path: '/tmp', mountOptions: ['defaults', 'noatime'], createOptions: [] },
      ],
      disks: [
        {
          device: '/dev/sda',
          wipeOnReinstall: true,
          partitions: [
            { number: 1, label: 'efi', size: 500, gptType: 'ef00' },
            { number: 2, label: 'root', size: 5000, gptType: '8300' },
            { number: 3, label: 'varlib', size: 0, gptType: '8300' },
          ],
        },
      ],
      raid: [],
      volumeGroups: [],
      logicalVolumes: [],
      constraints: { sizes: times(CATALOG, sizeName), images: { ubuntu: '>= 1.0.0' } },
    },
    timestamp(now),
  );

const filesystem = (path: string, device: string, format: 'vfat' | 'ext4', label: string) => ({
  ...{ path, device, format, label },
  mountOptions: [],
  createOptions: [],
});

const tenant = (now: number): Content<Tenant> =>
  createMasterData<Tenant>(
    'Tenant',
    TENANT,
    {},
    { name: TENANT, description: '', defaultQuotas: undefined, quotas: {}, iam: undefined },
    now,
  );

const project = (number: number, now: number): Content<Project> =>
  createMasterData<Project>(
    'Project',
    projectName(number),
    {},
    { name: `project-${number}`, description: '', tenantId: TENANT, quotas: {} },
    now,
  );
