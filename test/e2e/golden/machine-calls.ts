import { LAB_HARDWARE } from '../../../src/agent/simulator/lab.js';
import type { Lab } from '../../../src/agent/simulator/lab.js';
import { machineId } from '../../support/seed.js';
import type { Calls } from './call.js';

/** The machines of the scenario, by what happens to them. */
export const MACHINES = { installed: machineId(0), spare: machineId(1), firewall: machineId(2), dead: machineId(3) };

const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA me';

/** The first life of a machine, by the routes for agents of 2021. */
export async function bootCalls({ play, refuse }: Calls, { partition, size }: Lab): Promise<void> {
  const id = MACHINES.installed;
  const fru = { board_mfg: 'acme', product_serial: '1' };
  const registration = {
    ...{ uuid: id, partitionid: partition, rackid: '', tags: [] },
    hardware,
    bios: { version: '1', vendor: 'acme', date: '2021' },
    ipmi: { address: '10.1.1.1:623', user: 'metal', password: 'secret', interface: 'lanplus', mac: 'bb', fru },
  };
  await play('registerMachine', { as: 'editor', body: registration });
  await refuse('registerMachine', 404, { as: 'editor', body: { ...registration, partitionid: 'nowhere' } });
  await play('addProvisioningEvent', { as: 'editor', path: { id }, body: { event: 'Waiting', message: 'for work' } });
  const unknown = { event: 'phoned home', message: '' };
  await refuse('addProvisioningEvent', 422, { as: 'editor', path: { id }, body: unknown });
  await play('getProvisioningEventContainer', { as: 'viewer', path: { id } });
  await play('fromHardware', { as: 'viewer', body: hardware });
  await play('suggest', { as: 'viewer', body: { machineID: id } });
  await play('matchFilesystemLayout', { as: 'admin', body: { machine: id, filesystemlayout: 'default' } });
  await play('listMachines', { as: 'viewer' });
  await play('findMachines', { as: 'viewer', body: { sizeid: size, partition_id: partition, tags: null } });
}

/** Allocation, installation and its end. */
export async function allocationCalls({ play, refuse }: Calls, lab: Lab): Promise<void> {
  const id = MACHINES.installed;
  const { id: network } = await play('allocateNetwork', { as: 'editor', body: projectNetwork(lab) });
  const placed = { partitionid: lab.partition, sizeid: lab.size, projectid: lab.projects.a };
  const about = { uuid: id, name: 'node', description: 'd', hostname: 'node', ssh_pub_keys: [SSH_KEY] };
  const more = { user_data: '#!/bin/sh', tags: ['a=b'], dns_servers: [{ ip: '1.1.1.1' }], ips: [] };
  const networks = [{ networkid: network, autoacquire: true }];
  const wanted = { ...about, ...placed, ...more, imageid: lab.machineImage, networks };
  await play('allocateMachine', { as: 'editor', body: wanted });
  await refuse('allocateMachine', 422, { as: 'editor', body: wanted });
  const boot = { initrd: '/initrd', cmdline: 'quiet', kernel: '/vmlinuz', bootloaderid: 'metal' };
  const disks = { primarydisk: '/dev/sda', ospartition: '/dev/sda2' };
  const report = { console_password: 'console-secret', ...disks, ...boot };
  await play('finalizeAllocation', { as: 'editor', path: { id }, body: report });
  const sync = { id, tags: ['c=d'], ssh_pub_keys: null, description: null };
  await play('updateMachine', { as: 'admin', body: sync });
  await play('getMachineConsolePassword', { as: 'editor', body: { id, reason: 'cannot log in' } });
  await refuse('getMachineConsolePassword', 403, { as: 'viewer', body: { id, reason: 'cannot log in' } });
  const login = { password: 'console-secret', reason: 'cannot log in', address: '192.0.2.7' };
  await play('checkMachineConsolePassword', { as: 'editor', path: { id }, body: login });
  await refuse('checkMachineConsolePassword', 400, { as: 'editor', path: { id }, body: { ...login, reason: '' } });
  await play('findMachine', { as: 'viewer', path: { id } });
  await refuse('findMachine', 404, { as: 'viewer', path: { id: 'nobody' } });
  const reinstall = { id, imageid: lab.machineImage, description: 'again' };
  await play('reinstallMachine', { as: 'editor', path: { id }, body: reinstall });
  await play('abortReinstallMachine', { as: 'editor', path: { id }, body: { primary_disk_wiped: false } });
  await firewallCalls({ play, refuse }, lab, network);
  await play('freeMachine', { as: 'editor', path: { id } });
  await play('deleteMachine', { as: 'admin', path: { id: MACHINES.dead } });
  await refuse('deleteMachine', 422, { as: 'admin', path: { id: MACHINES.spare } });
}

async function firewallCalls({ play, refuse }: Calls, lab: Lab, network: string): Promise<void> {
  const egress = [{ comment: 'web', protocol: 'tcp', ports: [443], to: ['0.0.0.0/0'] }];
  const ingress = [{ comment: 'ssh', protocol: 'tcp', ports: [22], from: ['192.0.2.0/24'], to: [] }];
  const placed = { partitionid: lab.partition, sizeid: lab.size, projectid: lab.projects.a };
  const networks = [network, lab.internet].map((networkid) => ({ networkid, autoacquire: true }));
  const about = { uuid: MACHINES.firewall, name: 'fw', hostname: 'fw', ssh_pub_keys: [] };
  const wanted = { ...about, ...placed, imageid: lab.firewallImage, networks, firewall_rules: { egress, ingress } };
  await play('allocateFirewall', { as: 'editor', body: wanted });
  await refuse('allocateFirewall', 400, { as: 'editor', body: { ...wanted, imageid: 'pfsense-1.0.1' } });
  await play('findFirewall', { as: 'viewer', path: { id: MACHINES.firewall } });
  await play('findFirewalls', { as: 'viewer', body: { allocation_project: lab.projects.a, tags: null } });
  await play('listFirewalls', { as: 'viewer' });
}

const projectNetwork = ({ partition, projects }: Lab) => ({ partitionid: partition, projectid: projects.a, name: 'a' });

const hardware = {
  memory: LAB_HARDWARE.memory,
  cpu_cores: LAB_HARDWARE.cores,
  disks: [LAB_HARDWARE.disk],
  nics: [1, 2].map((leaf) => ({
    mac: `aa:0${leaf}`,
    name: `eth${leaf}`,
    neighbors: [{ mac: `leaf0${leaf}:0`, name: '', neighbors: [] }],
  })),
};
