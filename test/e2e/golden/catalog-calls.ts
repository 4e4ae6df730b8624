import type { Lab } from '../../../src/agent/simulator/lab.js';
import type { Calls } from './call.js';

const EXPIRES = '2099-12-31T00:00:00.000Z';

/** Images, and what depends on them and on sizes. */
export async function catalogCalls(recorder: Calls, lab: Lab): Promise<void> {
  await imageCalls(recorder);
  await partitionCalls(recorder);
  await sizeCalls(recorder);
  await sizeImageConstraintCalls(recorder, lab);
  await filesystemLayoutCalls(recorder, lab);
  await tenantCalls(recorder);
  await projectCalls(recorder);
  await reservationCalls(recorder, lab);
}

async function imageCalls({ play, refuse }: Calls): Promise<void> {
  const id = 'ubuntu-24.4.20260101';
  const url = 'http://images.example.org/ubuntu.tar.lz4';
  const image = {
    id,
    name: 'Ubuntu',
    description: 'Ubuntu 24.04',
    url,
    features: ['machine'],
    expirationDate: EXPIRES,
  };
  await play('createImage', { as: 'admin', body: { ...image, classification: 'preview' } });
  await refuse('createImage', 409, { as: 'admin', body: image });
  await play('updateImage', { as: 'admin', body: { id, classification: 'supported', expirationDate: EXPIRES } });
  await play('findImage', { as: 'viewer', path: { id } });
  await refuse('findImage', 404, { as: 'viewer', path: { id: 'alpine-3.1.1' } });
  await play('findLatestImage', { as: 'viewer', path: { id: 'ubuntu-24.4' } });
  await play('queryImages by id', { as: 'viewer', path: { id: 'ubuntu-24.4' } });
  await play('findImages', { as: 'viewer', query: '?show-usage=true', body: { os: 'ubuntu', version: null } });
  await play('listImages', { as: 'viewer', query: '?show-usage=true' });
  await play('deleteImage', { as: 'admin', path: { id } });
}

async function partitionCalls({ play, refuse }: Calls): Promise<void> {
  const bootconfig = { imageurl: 'http://boot/initrd', kernelurl: 'http://boot/kernel', commandline: 'quiet' };
  const servers = { dns_servers: [{ ip: '1.1.1.1' }], ntp_servers: [{ address: 'ntp.example.org' }] };
  const about = { name: 'Frankfurt', description: 'first', mgmtserviceaddress: 'mgmt:50051', labels: { region: 'eu' } };
  await play('createPartition', { as: 'admin', body: { id: 'fra', ...about, bootconfig, ...servers } });
  await refuse('createPartition', 422, { as: 'admin', body: { id: 'x', bootconfig, privatenetworkprefixlength: 31 } });
  await play('updatePartition', { as: 'admin', body: { id: 'fra', description: 'the first', ...servers } });
  await play('findPartition', { as: 'viewer', path: { id: 'fra' } });
  await play('listPartitions', { as: 'viewer' });
  await refuse('deletePartition', 422, { as: 'admin', path: { id: 'lab' } });
  await play('deletePartition', { as: 'admin', path: { id: 'fra' } });
}

async function sizeCalls({ play, refuse }: Calls): Promise<void> {
  const constraints = [
    { type: 'cores', min: 4, max: 4, identifier: 'EPYC*' },
    { type: 'memory', min: 0, max: 2 ** 33 },
    { type: 'storage', min: 1, max: 2 ** 37, identifier: '/dev/sd*' },
    { type: 'gpu', min: 1, max: 1, identifier: 'AD102*' },
  ];
  const size = { id: 'g1-small', name: 'small', description: 'with GPU', labels: { gpu: 'yes' }, constraints };
  await play('createSize', { as: 'admin', body: size });
  await refuse('createSize', 403, { as: 'viewer', body: size });
  await play('updateSize', { as: 'admin', body: { id: size.id, name: 'Small' } });
  await play('findSize', { as: 'viewer', path: { id: size.id } });
  await play('listSizes', { as: 'viewer' });
  await play('deleteSize', { as: 'admin', path: { id: size.id } });
}

async function sizeImageConstraintCalls({ play, refuse }: Calls, { size, machineImage }: Lab): Promise<void> {
  const constraint = {
    id: size,
    name: 'lab',
    description: '',
    constraints: { images: { debian: '>= 12.0.20250101' } },
  };
  await play('createSizeImageConstraint', { as: 'admin', body: constraint });
  await play('updateSizeImageConstraint', { as: 'admin', body: { ...constraint, name: 'of the lab' } });
  await play('findSizeImageConstraint', { as: 'viewer', path: { id: size } });
  await play('listSizeImageConstraints', { as: 'viewer' });
  await play('trySizeImageConstraint', { as: 'admin', body: { size, image: machineImage } });
  await refuse('trySizeImageConstraint', 404, { as: 'admin', body: { size, image: 'debian-9.0.1' } });
  await play('deleteSizeImageConstraint', { as: 'admin', path: { id: size } });
}

async function filesystemLayoutCalls({ play, refuse }: Calls, { size, machineImage }: Lab): Promise<void> {
  const part = (number: number) => ({ number, label: `p${number}`, size: 500, gpttype: 'fd00' });
  const layout = {
    id: 'raid',
    name: 'mirror',
    description: 'root on LVM on a mirror',
    disks: ['/dev/sda', '/dev/sdb'].map((device) => ({ device, wipeonreinstall: true, partitions: [part(1)] })),
    raid: [{ arrayname: '/dev/md1', devices: ['/dev/sda1', '/dev/sdb1'], level: '1', createoptions: [], spares: 0 }],
    volumegroups: [{ name: 'vg', devices: ['/dev/md1'], tags: ['root'] }],
    logicalvolumes: [{ name: 'root', volumegroup: 'vg', size: 400, lvmtype: 'linear' }],
    filesystems: [
      { path: '/', device: '/dev/vg/root', format: 'ext4', label: 'root', mountoptions: [], createoptions: [] },
    ],
    constraints: { sizes: [], images: {} },
  };
  await play('createFilesystemLayout', { as: 'admin', body: layout });
  await refuse('createFilesystemLayout', 409, { as: 'admin', body: layout });
  await play('updateFilesystemLayout', { as: 'admin', body: { ...layout, name: 'Mirror' } });
  await play('getFilesystemLayout', { as: 'viewer', path: { id: layout.id } });
  await play('listFilesystemLayouts', { as: 'viewer' });
  await play('tryFilesystemLayout', { as: 'admin', body: { size, image: machineImage } });
  await play('deleteFilesystemLayout', { as: 'admin', path: { id: layout.id } });
}

async function tenantCalls({ play, refuse }: Calls): Promise<void> {
  const meta = { id: 'acme', kind: 'Tenant', apiversion: 'v1', annotations: { level: 'gold' }, labels: ['a'] };
  const quotas = { default_quotas: { machine: { quota: 5 } }, quotas: { project: { quota: 2 } } };
  const iam_config = { issuer_config: { url: 'https://issuer', client_id: 'c' }, idm_config: { idm_type: 'AD' } };
  await play('createTenant', { as: 'admin', body: { meta, name: 'ACME', description: 'd', ...quotas, iam_config } });
  await play('updateTenant', { as: 'admin', body: { meta: { ...meta, version: 0 }, name: 'Acme' } });
  await refuse('updateTenant', 412, { as: 'admin', body: { meta: { id: 'acme', version: 0 }, name: 'late' } });
  await play('getTenant', { as: 'viewer', path: { id: 'acme' } });
  await play('listTenants', { as: 'viewer' });
  await play('findTenants', { as: 'viewer', body: { annotations: { level: 'gold' }, id: null } });
  await play('createTenant', { as: 'admin', body: { meta: { id: 'gone' }, name: 'gone' } });
  await play('deleteTenant', { as: 'admin', path: { id: 'gone' } });
}

async function projectCalls({ play, refuse }: Calls): Promise<void> {
  const meta = { id: 'anvils', kind: 'Project', apiversion: 'v1', annotations: { a: 'b' }, labels: ['l'] };
  const quotas = { cluster: { quota: 1 }, machine: { quota: 2 }, ip: { quota: 3 } };
  await play('createProject', {
    as: 'admin',
    body: { meta, name: 'Anvils', description: 'd', tenant_id: 'acme', quotas },
  });
  const late = { meta: { id: 'anvils', version: 9 }, name: 'late', tenant_id: 'acme' };
  await refuse('updateProject', 412, { as: 'admin', body: late });
  const update = { meta: { ...meta, version: 0 }, name: 'Anvils & more', tenant_id: 'acme' };
  await play('updateProject', { as: 'admin', body: update });
  await play('findProject', { as: 'viewer', path: { id: 'anvils' } });
  await play('listProjects', { as: 'viewer' });
  await play('findProjects', { as: 'viewer', body: { tenant_id: 'acme', name: null } });
  await play('deleteProject', { as: 'admin', path: { id: 'anvils' } });
}

async function reservationCalls({ play, refuse }: Calls, { size, partition, projects }: Lab): Promise<void> {
  const about = { id: 'reserved', name: 'two', description: 'for a', labels: { why: 'release' } };
  const reservation = { ...about, sizeid: size, projectid: projects.a, partitionids: [partition], amount: 2 };
  await play('createSizeReservation', { as: 'editor', body: reservation });
  const nowhere = { ...reservation, id: 'x', partitionids: ['nowhere'] };
  await refuse('createSizeReservation', 400, { as: 'editor', body: nowhere });
  const { sizeid: _size, projectid: _project, ...update } = reservation;
  await play('updateSizeReservation', { as: 'editor', body: { ...update, amount: 1 } });
  await play('getSizeReservation', { as: 'viewer', path: { id: 'reserved' } });
  await play('listSizeReservations', { as: 'viewer' });
  await play('findSizeReservations', { as: 'viewer', body: { projectid: projects.a, id: null } });
  await play('sizeReservationsUsage', { as: 'viewer', body: { partitionid: partition } });
  await play('deleteSizeReservation', { as: 'editor', path: { id: 'reserved' } });
}
