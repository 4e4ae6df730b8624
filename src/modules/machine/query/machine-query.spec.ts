import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../../test/support/store.js';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { BmcRecord } from '../bmc-record.js';
import type { Machine, MachineAllocation } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import type { MachineSearchQuery } from './machine-query.dto.js';
import { toMachineQuery } from './machine-query.mapper.js';
import { MachineQueryService } from './machine-query.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { ManualClock } from '../../../shared/clock.js';

const NOW = '2026-01-01T00:00:00.000Z';

const nic = (mac: string, name: string, neighbors: Machine['hardware']['nics'] = []) => ({
  mac,
  name,
  identifier: mac,
  hostname: '',
  neighbors,
});

const allocation = {
  uuid: 'alloc-1',
  role: 'firewall',
  name: 'fw',
  hostname: 'fw-1',
  project: 'p1',
  imageId: 'firewall-3.0.1',
  networks: [
    network('n1', {
      type: 'privateprimaryunshared',
      vrf: 42,
      ips: ['10.0.0.1', '10.0.0.2'],
      prefixes: ['10.0.0.0/22'],
    }),
    network('internet', { type: 'external', vrf: 7, nat: true, ips: ['1.2.3.4'], destinationPrefixes: ['0.0.0.0/0'] }),
  ],
} as Partial<MachineAllocation> as MachineAllocation;

function network(networkId: string, fields: Partial<MachineAllocation['networks'][number]>) {
  const empty = { prefixes: [], ips: [], destinationPrefixes: [], nat: false, asn: 4210000001, vrf: 0 };
  return { ...empty, networkId, ...fields } as MachineAllocation['networks'][number];
}

/** `m1` has all properties, `m2` is free, `m3` is empty. */
async function fleet(): Promise<MachineQueryService> {
  const machines = memoryTable(machineTable);
  const bmcs = memoryTable(bmcTable);
  await machines.insert({
    ...newMachine('m1', NOW),
    partitionId: 'fra',
    sizeId: 'c1',
    rackId: 'r1',
    tags: ['a=b', 'c'],
    hardware: {
      memory: 1024,
      cpus: [
        { vendor: '', model: '', cores: 8, threads: 16 },
        { vendor: '', model: '', cores: 8, threads: 16 },
      ],
      gpus: [],
      disks: [
        { name: '/dev/sda', size: 100 },
        { name: '/dev/sdb', size: 200 },
      ],
      nics: [nic('aa', 'lan0', [nic('bb', 'swp1')]), nic('cc', 'lan1')],
    },
    allocation,
  });
  await machines.insert({
    ...newMachine('m2', NOW),
    partitionId: 'fra',
    state: { value: 'TAINTED', description: 'x', issuer: '', metalHammerVersion: '' },
  });
  await machines.insert(newMachine('m3', NOW));
  const bmc: Omit<BmcRecord, 'revision'> = { ...newBmcRecord('m1'), address: '10.1.1.1:623', mac: 'dd', user: 'metal' };
  await bmcs.insert({ ...bmc, interface: 'lanplus', fru: { ...bmc.fru, boardPartNumber: 'X11', productSerial: 's' } });
  return new MachineQueryService(new MachineRepository(machines, new ManualClock()), bmcs, {
    roomOf: (id) => (id === 'm1' ? 'room-1' : undefined),
  });
}

describe('MachineQueryService.search', () => {
  const cases: readonly [MachineSearchQuery, string][] = [
    [{}, 'm1 m2 m3'],
    [{ id: 'm2' }, 'm2'],
    [{ id: '' }, ''],
    [{ name: '' }, 'm1 m2 m3'],
    [{ partition_id: 'fra' }, 'm1 m2'],
    [{ partition_id: '' }, 'm3'],
    [{ sizeid: 'c1' }, 'm1'],
    [{ sizeid: '' }, 'm2 m3'],
    [{ rackid: 'r1' }, 'm1'],
    [{ rackid: '' }, 'm2 m3'],
    [{ roomid: 'room-1' }, 'm1'],
    [{ roomid: 'room-1', rackid: 'r2' }, ''],
    [{ roomid: '' }, 'm2 m3'],
    [{ roomid: 'ROOM-1' }, ''],
    [{ tags: [] }, 'm1 m2 m3'],
    [{ tags: ['a=b', 'c'] }, 'm1'],
    [{ tags: ['a=b', 'd'] }, ''],
    [{ tags: ['a'] }, ''],
    [{ allocation_name: 'fw' }, 'm1'],
    [{ allocation_project: 'p1' }, 'm1'],
    [{ allocation_project: '' }, ''],
    [{ allocation_image_id: 'firewall-3.0.1' }, 'm1'],
    [{ allocation_image_id: 'firewall-3' }, ''],
    [{ allocation_hostname: 'fw-1', allocation_project: 'p1' }, 'm1'],
    [{ allocation_hostname: 'FW-1' }, ''],
    [{ allocation_role: 'firewall' }, 'm1'],
    [{ allocation_role: 'machine' }, ''],
    [{ allocation_succeeded: false }, 'm1'],
    [{ allocation_succeeded: true }, ''],
    [{ network_ids: ['n1', 'internet'] }, 'm1'],
    [{ network_ids: ['n1', 'n2'] }, ''],
    [{ network_prefixes: ['10.0.0.0/22'] }, 'm1'],
    [{ network_ips: ['10.0.0.2', '1.2.3.4'] }, 'm1'],
    [{ network_destination_prefixes: ['0.0.0.0/0'] }, 'm1'],
    [{ network_vrfs: [42, 7] }, 'm1'],
    [{ network_vrfs: [42, 8] }, ''],
    [{ network_asns: [4210000001] }, 'm1'],
    [{ network_private: true, network_nat: true }, 'm1'],
    [{ network_underlay: true }, ''],
    [{ network_underlay: false }, 'm1'],
    [{ hardware_memory: 1024 }, 'm1'],
    [{ hardware_memory: 0 }, 'm2 m3'],
    [{ hardware_cpu_cores: 16 }, 'm1'],
    [{ nics_mac_addresses: ['aa', 'cc'] }, 'm1'],
    [{ nics_mac_addresses: ['bb'] }, ''],
    [{ nics_names: ['lan1'] }, 'm1'],
    [{ nics_vrfs: [''] }, 'm1'],
    [{ nics_vrfs: ['default'] }, ''],
    [{ nics_neighbor_mac_addresses: ['bb'] }, 'm1'],
    [{ nics_neighbor_names: ['swp1'] }, 'm1'],
    [{ nics_neighbor_vrfs: [''] }, 'm1'],
    [{ disk_names: ['/dev/sda', '/dev/sdb'] }, 'm1'],
    [{ disk_sizes: [200] }, 'm1'],
    [{ disk_sizes: [300] }, ''],
    [{ state_value: '' }, 'm1 m3'],
    [{ state_value: 'RESERVED' }, 'm2'],
    [{ state_value: 'TAINTED' }, 'm2'],
    [{ ipmi_address: '10.1.1.1:623' }, 'm1'],
    [{ ipmi_address: '10.1.1.1' }, ''],
    [{ ipmi_address: '' }, 'm2 m3'],
    [{ ipmi_mac_address: 'dd', ipmi_user: 'metal', ipmi_interface: 'lanplus' }, 'm1'],
    [{ fru_board_part_number: 'X11', fru_product_serial: 's', fru_chassis_part_serial: '' }, 'm1'],
    [{ fru_board_mfg: 'acme' }, ''],
    [{ id: 'm1', partition_id: 'muc' }, ''],
  ];

  it.each(cases)('finds by %j: %s', async (body, expected) => {
    const found = (await fleet()).search(toMachineQuery(body));
    expect(found.map(({ id }) => id).join(' ')).toBe(expected);
  });

  it.each<[MachineSearchQuery, string]>([
    [{ nics_vrfs: Array<string>(1000).fill('') }, 'm1'],
    [{ nics_vrfs: ['', 'vrf1'] }, ''],
    [{ tags: ['c', 'a=b', 'c'] }, 'm1'],
    [{ network_vrfs: [7, 42, 7, 42] }, 'm1'],
    [{ disk_sizes: Array.from({ length: 1000 }, (_, at) => at) }, ''],
    [{ nics_names: ['lan0', 'lan0', 'lan1'], nics_neighbor_vrfs: ['', ''] }, 'm1'],
  ])('requires each value of a list only once, even if repeated: %#', async (body, expected) => {
    const found = (await fleet()).search(toMachineQuery(body));
    expect(found.map(({ id }) => id).join(' ')).toBe(expected);
  });

  it('names what was not found', async () => {
    const machines = await fleet();
    expect(() => machines.get('m9')).toThrow('no machine with id "m9" found');
    expect(() => machines.getFirewall('m2')).toThrow('no firewall with id "m2" found');
    expect(machines.getFirewall('m1').id).toBe('m1');
  });
});
