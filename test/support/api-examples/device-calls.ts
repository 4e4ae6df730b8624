import { call } from './demo-call.js';
import type { DemoCall } from './demo-call.js';

/** A machine that only these calls know: the demo plays no installer for it. */
export const EXAMPLE_MACHINE = '11111111-0000-4000-8000-000000000001';

const MACHINE = { id: EXAMPLE_MACHINE };
const RACK = { partition_id: 'lab', rack_id: 'example-rack', management_ip: '10.255.0.1', management_user: 'admin' };
const portMac = (leaf: number): string => `02:00:00:00:0${leaf}:01`;
const leafOf = (leaf: number): object => ({
  ...{ id: `example-leaf-${leaf}`, name: `example-leaf-${leaf}`, description: '', ...RACK },
  nics: [{ mac: portMac(leaf), name: 'swp1', identifier: 'swp1', vrf: '' }],
  os: { vendor: 'SONiC', version: '4.2', metal_core_version: 'v0.16.0' },
});
const nicOf = (leaf: number): object => ({
  ...{ mac: `02:00:00:00:00:0${leaf}`, name: `eth${leaf - 1}` },
  neighbors: [{ mac: portMac(leaf), name: '', neighbors: [] }],
});
const hardware = {
  ...{ memory: 64 * 1024 ** 3, cpu_cores: 8 },
  disks: [{ name: '/dev/sda', size: 500 * 1024 ** 3 }],
  nics: [nicOf(1), nicOf(2)],
};
const fru = { board_mfg: 'Supermicro', board_part_number: 'X11DPT-B', product_serial: 'S1' };
const bmc = { user: 'metal', password: 'secret', interface: 'lanplus', mac: '02:00:00:00:01:00', fru };
const report = { BMCIp: '10.255.1.1', BMCVersion: '1.73', BIOSVersion: '3.4', FRU: fru, PowerState: 'ON' };
const registration = {
  ...{ uuid: EXAMPLE_MACHINE, partitionid: 'lab', rackid: '', tags: [], hardware },
  bios: { version: '3.4', vendor: 'American Megatrends Inc.', date: '05/04/2021' },
  ipmi: { ...bmc, address: '10.255.1.1:623' },
};
const installed = {
  ...{ console_password: 'example', primarydisk: '/dev/sda', ospartition: '/dev/sda2', bootloaderid: 'metal' },
  ...{ kernel: '/boot/vmlinuz', initrd: '/boot/initrd.img', cmdline: 'console=ttyS1,115200n8' },
};
const user = { address: '192.0.2.7', reason: 'cannot log in by SSH' };

/** Calls of switch agents, installers and BMC watchers. */
export const DEVICE_CALLS: readonly DemoCall[] = [
  call('fromHardware', 'hardware of the lab', {}, hardware),
  call('registerSwitch', 'a leaf', {}, leafOf(1)),
  call('registerSwitch', 'its twin', {}, leafOf(2)),
  call(
    'notifySwitch',
    'configured',
    { id: 'example-leaf-1' },
    { sync_duration: 500, port_states: { swp1: 'UP' }, bgp_port_states: {} },
  ),
  call('toggleSwitchPort', 'on', { id: 'example-leaf-1' }, { nic: 'swp1', status: 'UP' }),
  call('registerMachine', 'plugged into two leaves', {}, registration),
  call('addProvisioningEvent', 'waiting', MACHINE, { event: 'Waiting', message: 'for an allocation' }),
  call('ipmiReport', 'of one BMC', {}, { partitionid: 'lab', reports: { [EXAMPLE_MACHINE]: report } }),
  call('setChassisIdentifyLEDState', 'on', MACHINE, { value: 'LED-ON', description: 'broken disk' }),
];

/** Calls after the allocation of the machine. */
export const INSTALLED_CALLS: readonly DemoCall[] = [
  call('finalizeAllocation', 'installed', MACHINE, installed),
  call('checkMachineConsolePassword', 'right', MACHINE, { password: 'example', ...user }),
  call('recordMachineConsoleSession', 'opened', MACHINE, {
    ...{ session: 's1', event: 'opened', caller: 'console password', ...user },
  }),
  call('reinstallMachine', 'the same image', MACHINE, {
    ...{ id: EXAMPLE_MACHINE, imageid: 'debian-12.0.20260101', description: 'broken upgrade' },
  }),
  call('abortReinstallMachine', 'before the disk was wiped', MACHINE, { primary_disk_wiped: false }),
  call('freeMachine', 'one that was installed', MACHINE),
  call('deleteMachine', 'still alive', MACHINE),
  call('registerSwitch', 'in place of the first leaf', {}, leafOf(3)),
  call('migrateSwitch', 'to its successor', {}, { old_switch_id: 'example-leaf-1', new_switch_id: 'example-leaf-3' }),
  call('deleteSwitch', 'without machines', { id: 'example-leaf-1' }),
];
