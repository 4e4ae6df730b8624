import { DEVICE_CALLS, EXAMPLE_MACHINE, INSTALLED_CALLS } from './device-calls.js';
import { call } from './demo-call.js';
import type { DemoCall } from './demo-call.js';

const MACHINE = { id: '{machine}' };
const SIZE = 'c1-lab-x86';
const IMAGE = 'debian-12.0.20260101';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ada@example.org';
const EXPIRES = '2099-12-31T00:00:00.000Z';

const bootconfig = { imageurl: 'http://boot/initrd', kernelurl: 'http://boot/kernel', commandline: 'quiet' };
const ubuntu = { id: 'ubuntu-24.4.20260101', name: 'Ubuntu', description: 'Ubuntu 24.04', features: ['machine'] };
const constraints = [
  { type: 'cores', min: 4, max: 4 },
  { type: 'memory', min: 0, max: 2 ** 33 },
  { type: 'storage', min: 1, max: 2 ** 37, identifier: '/dev/sd*' },
];
const images = { id: SIZE, name: 'lab', description: '', constraints: { images: { debian: '>= 12.0.20250101' } } };
const plain = { description: 'one disk', raid: [], volumegroups: [], logicalvolumes: [] };
const layout = {
  ...{ id: 'example-layout', name: 'plain', ...plain, constraints: { sizes: [], images: {} } },
  disks: [
    {
      device: '/dev/sda',
      wipeonreinstall: true,
      partitions: [{ number: 1, label: 'root', size: 0, gpttype: '8300' }],
    },
  ],
  filesystems: [{ path: '/', device: '/dev/sda1', format: 'ext4', label: 'root', mountoptions: [], createoptions: [] }],
};
const reservation = { id: 'example-reservation', name: 'two', description: 'for the release', labels: {} };
const dmz = { id: 'example-dmz', name: 'DMZ', partitionid: 'lab', nat: false, prefixes: ['192.0.2.0/25'] };
const address = { networkid: 'internet', projectid: 'project-a', name: 'www', tags: ['service=web'] };
const placed = { partitionid: 'lab', sizeid: SIZE, projectid: 'project-a', imageid: IMAGE };
const networks = [{ networkid: '{network}', autoacquire: true }];
const wanted = { ...placed, name: 'worker', hostname: 'worker', ssh_pub_keys: [KEY], networks };

const open = { comment: 'web', protocol: 'tcp', ports: [80, 443], to: ['0.0.0.0/0'] };
const firewall = {
  ...{ ...wanted, uuid: '{other}', name: 'firewall', hostname: 'firewall', imageid: `firewall-${IMAGE}` },
  networks: [...networks, { networkid: 'internet', autoacquire: true }],
  firewall_rules: { egress: [open], ingress: [] },
};

/** One machine is allocated, so three are not free. */
const WAITING_CALLS: readonly DemoCall[] = [
  call('allocateMany', 'three machines, which waits', {}, { wait: '30m', machines: [wanted, wanted, wanted] }),
  call('listAllocationWaits', 'those that wait', { state: 'waiting' }),
  call('findAllocationWait', 'the one of allocateMany', { id: '{wait}' }),
  call('cancelAllocationWait', 'before it was served', { id: '{wait}' }),
  call('cancelAllocationWait', 'unknown', { id: UNKNOWN }),
];

const catalogue: readonly DemoCall[] = [
  call('info', 'the demo'),
  call('health', 'all services'),
  call('getMe', 'the owner of the token'),
  call('listPartitions', 'all'),
  call('findPartition', 'the partition of the demo', { id: 'lab' }),
  call('findPartition', 'unknown', { id: 'nowhere' }),
  call('partitionCapacity', 'one size', {}, { id: 'lab', sizeid: SIZE }),
  call('partitionCapacity2021', 'all'),
  call('createPartition', 'another site', {}, { id: 'example-site', name: 'Frankfurt', bootconfig }),
  call('updatePartition', 'its description', {}, { id: 'example-site', description: 'the second one' }),
  call('deletePartition', 'without machines', { id: 'example-site' }),
  call('deletePartition', 'in use', { id: 'lab' }),
  call('listSizes', 'all'),
  call('findSize', 'the size of the demo', { id: SIZE }),
  call('suggest', 'from a machine', {}, { machineID: '{machine}' }),
  call('createSize', 'small', {}, { id: 'example-size', name: 'small', constraints }),
  call('updateSize', 'its name', {}, { id: 'example-size', name: 'Small' }),
  call('deleteSize', 'without machines', { id: 'example-size' }),
  call(
    'createSizeReservation',
    'one machine',
    {},
    { ...reservation, sizeid: SIZE, projectid: 'project-b', partitionids: ['lab'], amount: 1 },
  ),
  call('updateSizeReservation', 'none yet', {}, { ...reservation, partitionids: ['lab'], amount: 1 }),
  call('getSizeReservation', 'one', { id: reservation.id }),
  call('listSizeReservations', 'all'),
  call('findSizeReservations', 'of a project', {}, { projectid: 'project-b' }),
  call('sizeReservationsUsage', 'of a partition', {}, { partitionid: 'lab' }),
  call('deleteSizeReservation', 'one', { id: reservation.id }),
  call('listImages', 'with the machines that use them', { 'show-usage': 'true' }),
  call('findImages', 'of an operating system', {}, { os: 'debian' }),
  call('findImage', 'an image of the demo', { id: IMAGE }),
  call('findLatestImage', 'of a minor version', { id: 'debian-12.0' }),
  call('queryImages by id', 'of a minor version', { id: 'debian-12.0' }),
  call(
    'createImage',
    'Ubuntu',
    {},
    { ...ubuntu, url: 'http://images.example.org/ubuntu.tar.lz4', expirationDate: EXPIRES, classification: 'preview' },
  ),
  call('updateImage', 'supported', {}, { id: ubuntu.id, classification: 'supported', expirationDate: EXPIRES }),
  call('deleteImage', 'unused', { id: ubuntu.id }),
  call('createSizeImageConstraint', 'recent images only', {}, images),
  call('updateSizeImageConstraint', 'its name', {}, { ...images, name: 'of the lab' }),
  call('findSizeImageConstraint', 'of a size', { id: SIZE }),
  call('listSizeImageConstraints', 'all'),
  call('trySizeImageConstraint', 'allowed', {}, { size: SIZE, image: IMAGE }),
  call('deleteSizeImageConstraint', 'of a size', { id: SIZE }),
  call('listFilesystemLayouts', 'all'),
  call('getFilesystemLayout', 'the layout of the demo', { id: 'default' }),
  call('tryFilesystemLayout', 'size and image', {}, { size: SIZE, image: IMAGE }),
  call('matchFilesystemLayout', 'machine and layout', {}, { machine: '{machine}', filesystemlayout: 'default' }),
  call('createFilesystemLayout', 'one disk', {}, layout),
  call('updateFilesystemLayout', 'its name', {}, { ...layout, name: 'Plain' }),
  call('deleteFilesystemLayout', 'unused', { id: layout.id }),
  call('createTenant', 'ACME', {}, { meta: { id: 'example-tenant' }, name: 'ACME', description: 'anvils' }),
  call('updateTenant', 'its name', {}, { meta: { id: 'example-tenant', version: 0 }, name: 'Acme' }),
  call('updateTenant', 'changed meanwhile', {}, { meta: { id: 'example-tenant', version: 0 }, name: 'late' }),
  call('getTenant', 'one', { id: 'example-tenant' }),
  call('listTenants', 'all'),
  call('findTenants', 'by name', {}, { name: 'Acme' }),
  call(
    'createProject',
    'of a tenant',
    {},
    { meta: { id: 'example-project' }, name: 'Anvils', tenant_id: 'example-tenant' },
  ),
  call(
    'updateProject',
    'its name',
    {},
    { meta: { id: 'example-project', version: 0 }, name: 'More anvils', tenant_id: 'example-tenant' },
  ),
  call('findProject', 'one', { id: 'example-project' }),
  call('listProjects', 'all'),
  call('findProjects', 'of a tenant', {}, { tenant_id: 'example-tenant' }),
  call('deleteProject', 'one', { id: 'example-project' }),
  call('deleteTenant', 'one', { id: 'example-tenant' }),
];

const networking: readonly DemoCall[] = [
  call('listNetworks', 'all'),
  call('findNetwork', 'the internet', { id: 'internet' }),
  call('findNetworks', 'of a partition', {}, { partitionid: 'lab' }),
  call('createNetwork', 'external', {}, { ...dmz, destinationprefixes: [], privatesuper: false, underlay: false }),
  call('updateNetwork', 'its name', { force: 'false' }, { id: dmz.id, name: 'Dmz', prefixes: dmz.prefixes }),
  call('deleteNetwork', 'without addresses', { id: dmz.id }),
  call('allocateNetwork', 'for a while', {}, { partitionid: 'lab', projectid: 'project-b', name: 'for a while' }),
  call('freeNetworkDeprecated', 'without machines', { id: '{network}' }),
  call('allocateNetwork', 'private', {}, { partitionid: 'lab', projectid: 'project-a', name: 'mine' }),
  call('allocateNetwork', 'unknown project', {}, { partitionid: 'lab', projectid: 'unknown', name: 'mine' }),
  call('listIPs', 'all'),
  call('allocateIP', 'any', {}, { ...address, type: 'ephemeral' }),
  call('allocateSpecificIP', 'this one', { ip: '203.0.113.50' }, { ...address, type: 'ephemeral' }),
  call('allocateSpecificIP', 'in use', { ip: '203.0.113.50' }, { ...address, type: 'ephemeral' }),
  call('updateIP', 'static from now on', {}, { ipaddress: '203.0.113.50', type: 'static', tags: ['service=ftp'] }),
  call('findIP', 'one', { id: '203.0.113.50' }),
  call('findIPs', 'of a project', {}, { projectid: 'project-a', type: 'static' }),
  call('freeIP', 'one', { id: '203.0.113.50' }),
  call('allocateSpecificIP', 'another one', { ip: '203.0.113.51' }, { ...address, type: 'ephemeral' }),
  call('freeIPDeprecated', 'one', { id: '203.0.113.51' }),
  call('listSwitches', 'all'),
  call('findSwitch', 'a leaf of the demo', { id: 'lab-rack-1-leaf-1' }),
  call('findSwitches', 'of a rack', {}, { rackid: 'lab-rack-1' }),
  call('updateSwitch', 'its description', {}, { id: 'lab-rack-1-leaf-1', description: 'left' }),
];

const machines: readonly DemoCall[] = [
  call('listMachines', 'all'),
  call('findMachine', 'one', MACHINE),
  call('findMachine', 'unknown', { id: UNKNOWN }),
  call('findMachines', 'of a size', {}, { sizeid: SIZE, partition_id: 'lab' }),
  call('findIPMIMachine', 'with its BMC', MACHINE),
  call('findIPMIMachines', 'of a partition', {}, { partition_id: 'lab' }),
  call('getProvisioningEventContainer', 'of a machine', MACHINE),
  call('listIssues', 'all kinds'),
  call('issues', 'major and critical', {}, { severity: 'major' }),
  call('issues', 'unknown severity', {}, { severity: 'fatal' }),
  call('explainIssues', 'a machine', { machine: '{machine}' }),
  call('listFirewalls', 'all'),
  call('findFirewalls', 'of a project', {}, { allocation_project: 'project-a' }),
  call('chassisIdentifyLEDOn', 'broken disk', { ...MACHINE, description: 'broken disk' }, []),
  call('chassisIdentifyLEDOff', 'repaired', { ...MACHINE, description: 'repaired' }, []),
  call('issueCommand', 'shut down', {}, { machine: '{machine}', command: 'OFF', graceful: true }),
  call('issueCommand', 'boot from the network once', {}, { machine: '{machine}', command: 'PXE', persistence: 'once' }),
  call('issueCommand', 'an option of another command', {}, { machine: '{machine}', command: 'ON', graceful: true }),
  call('listCommands', 'of a machine', { machine: '{machine}' }),
  call('setMachineState', 'locked', MACHINE, { value: 'LOCKED', description: 'for repair', metal_hammer_version: '' }),
  call('setMachineState', 'available again', MACHINE, { value: '', description: '', metal_hammer_version: '' }),
  call('setMachineState', 'unknown', MACHINE, { value: 'GONE', description: '', metal_hammer_version: '' }),
  call('explainAllocation', 'a machine', { role: 'machine', machine: '{machine}' }, wanted),
  call(
    'explainAllocation',
    'no private network',
    { role: 'machine' },
    { ...wanted, networks: [{ networkid: 'internet' }] },
  ),
  call('allocateMachine', 'this machine, in the network of allocateNetwork', {}, { ...wanted, uuid: '{machine}' }),
  call('allocateMachine', 'in use', {}, { ...wanted, uuid: '{machine}' }),
  call('updateMachine', 'its tags', {}, { id: '{machine}', tags: ['service=web'] }),
  call('freeMachine', 'one', MACHINE),
  call('allocateFirewall', 'between a private network and the internet', {}, firewall),
  call('findFirewall', 'one', { id: '{other}' }),
  call('freeMachine', 'a firewall', { id: '{other}' }),
  ...DEVICE_CALLS,
  call('allocateMachine', 'one that has just registered', {}, { ...wanted, uuid: EXAMPLE_MACHINE }),
  ...WAITING_CALLS,
  ...INSTALLED_CALLS,
  call('freeNetwork', 'without machines', { id: '{network}' }),
  ...['On', 'Off', 'Cycle', 'Reset', 'Bios', 'Disk', 'Pxe'].map((verb) =>
    call(`machine${verb}`, 'a machine', MACHINE, []),
  ),
];

const operators: readonly DemoCall[] = [
  call(
    'allocateMany',
    'two addresses',
    {},
    { ips: ['www', 'mail'].map((name) => ({ ...address, type: 'static', name })) },
  ),
  call(
    'allocateMany',
    'unknown image and network',
    {},
    { machines: [{ ...wanted, imageid: 'unknown' }], ips: [address, { ...address, networkid: 'unknown' }] },
  ),
  call('fsck', 'nothing is violated'),
  call('fsckRepair', 'dry run', { 'dry-run': 'true' }),
  call('listReplicas', 'one process'),
  call('ready', 'the demo'),
  call('watch', 'partitions, until the server has nothing to add', { kinds: 'partition' }),
  call('listObjects', 'names of partitions', { kind: 'partition', fields: 'id,name', limit: '10' }),
  call('backup', 'the whole database'),
  call('listAPITokens', 'used and revoked ones'),
  call('revokeAPIToken', 'before its first use', { id: UNKNOWN }),
  call('findAuditTraces', 'of writes', {}, { limit: 2 }),
];

/** In the order of the calls: later ones build on earlier ones. */
export const DEMO_CALLS: readonly DemoCall[] = [...catalogue, ...networking, ...machines, ...operators];
