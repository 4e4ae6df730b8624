import { eventTable } from '../../../src/modules/machine/event/event.table.js';
import type { EventContainer, EventType } from '../../../src/modules/machine/event/provisioning-event.js';
import { newEventContainer } from '../../../src/modules/machine/event/provisioning-event.js';
import { ipTable } from '../../../src/modules/ip/ip.table.js';
import { AUTO_DESCRIPTION, machineTag } from '../../../src/modules/ip/ip.js';
import type { IpAddress } from '../../../src/modules/ip/ip.js';
import { EMPTY_FRU, newBmcRecord } from '../../../src/modules/machine/bmc-record.js';
import { newMachine } from '../../../src/modules/machine/machine.js';
import type { BmcRecord } from '../../../src/modules/machine/bmc-record.js';
import type { MachineHardware, MachineNic } from '../../../src/modules/machine/hardware.js';
import type { Machine, MachineAllocation } from '../../../src/modules/machine/machine.js';
import { bmcTable, machineTable } from '../../../src/modules/machine/machine.table.js';
import { machineTags } from '../../../src/modules/machine/core/tags.js';
import { machineNetwork } from '../../../src/modules/network/machine-networks.js';
import type { Network } from '../../../src/modules/network/network.js';
import { ASN_BASE } from '../../../src/modules/pool/pool.js';
import { asnTable } from '../../../src/modules/pool/pool.table.js';
import { timestamp } from '../../../src/shared/clock.js';
import type { Content } from '../../../src/shared/document.js';
import { createEntity } from '../../../src/shared/entity.js';
import { layout } from './catalog.js';
import { contents } from './contents.js';
import type { Contents } from './contents.js';
import { addressIn, projectNetwork } from './networks.js';
import { allocationName, imageName, machineName, networkName, partitionName, projectName, sizeName } from './names.js';
import type { Place } from './places.js';

const LAYOUT_CREATED = Date.UTC(2026, 0, 1);

/** The machines and what belongs to each: BMC, events, and for allocated ones address and AS number. */
export function machines(places: readonly Place[], now: number): Contents[] {
  const allocated = places.filter(({ project }) => project !== undefined);
  // As in a real fleet, each machine has times of its own.
  const at = ({ number }: Place): number => now - number * 1013;
  return [
    contents(
      machineTable,
      places.map((place) => machine(place, at(place))),
    ),
    contents(
      bmcTable,
      places.map((place) => bmc(place, at(place))),
    ),
    contents(
      eventTable,
      places.map((place) => events(place, at(place))),
    ),
    contents(
      ipTable,
      allocated.map((place) => address(place, at(place))),
    ),
    contents(
      asnTable,
      allocated.map((place) => ({
        id: String(place.number + 1),
        owners: [allocationName(place.number)],
        acquired: timestamp(at(place)),
      })),
    ),
  ];
}

function machine(place: Place, now: number): Content<Machine> {
  const { number, partition, size, rack } = place;
  const allocation = place.project === undefined ? undefined : allocationOf(place, place.project, now);
  const document: Omit<Machine, 'revision'> = {
    ...newMachine(machineName(number), timestamp(now)),
    partitionId: partitionName(partition),
    sizeId: sizeName(size),
    rackId: rack,
    waiting: !allocation,
    hardware: hardware(place),
    bios: { version: '3.3', vendor: 'American Megatrends Inc.', date: '02/21/2020' },
    state: { value: '', description: '', issuer: '', metalHammerVersion: 'v0.13.9' },
    led: { value: 'LED-OFF', description: 'Machine registered' },
    tags: allocation ? machineTags([], { asn: allocation.asn, rack, chassis: serial(number) }) : [],
    allocation,
  };
  return document;
}

const mac = (kind: number, number: number): string =>
  [0x02, kind, number >> 24, number >> 16, number >> 8, number]
    .map((byte) => (byte & 255).toString(16).padStart(2, '0'))
    .join(':');

const serial = (number: number): string => `C2170LK${String(number).padStart(8, '0')}`;

const hardware = ({ number, size, leaves, port }: Place): MachineHardware => ({
  memory: 256 * 2 ** 30,
  cpus: [0, 1].map(() => ({
    vendor: 'GenuineIntel',
    model: 'Intel(R) Xeon(R) Silver 4214 CPU @ 2.20GHz',
    cores: (8 + size) >> 1,
    threads: 8 + size,
  })),
  gpus: [],
  disks: [
    { name: '/dev/sda', size: 480 * 10 ** 9 },
    { name: '/dev/nvme0n1', size: 1920 * 10 ** 9 },
    { name: '/dev/nvme1n1', size: 1920 * 10 ** 9 },
  ],
  nics: leaves.map((leaf, side) => ({
    ...nic(mac(side, number), `lan${side}`, leaf),
    neighbors: [nic(mac(16 + side, number), `Eth1/${port + 1}`, leaf)],
  })),
});

const nic = (address: string, name: string, hostname: string): MachineNic => ({
  ...{ mac: address, name, identifier: address, hostname },
  neighbors: [],
});

function allocationOf({ number, position }: Place, project: number, now: number): MachineAllocation {
  const network = projectNetwork(project, now) as Network;
  const asn = ASN_BASE + number + 1;
  const wanted = { network, type: 'privateprimaryunshared', auto: true, ips: [] } as const;
  return {
    uuid: allocationName(number),
    role: 'machine',
    creator: 'metal-edit@metal-stack.io',
    created: timestamp(now),
    name: `shoot--bench--worker-${number}`,
    description: '',
    hostname: `shoot--bench--worker-${number}`,
    project: projectName(project),
    imageId: imageName(number % 100),
    filesystemLayout: { ...layout(LAYOUT_CREATED), revision: 1 },
    networks: [machineNetwork(wanted, [addressIn(project, position)], asn)],
    asn,
    sshPubKeys: [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIxmhSQdg5RRtFnhj1CMnEDpjM7JqfnRIMXM3SOBgZTy bench-${number}`],
    userData: '',
    userTags: [],
    consolePassword: 'benchmark',
    reinstall: false,
    bootInfo: {
      imageId: imageName(number % 100),
      primaryDisk: '/dev/sda',
      osPartition: '/dev/sda2',
      initrd: '/boot/initrd.img-6.8.0',
      cmdline:
        'console=tty0 console=ttyS1,115200n8 root=UUID=f2ae0fd5-1ec5-4e02-a8c5-ae6cc66b1e3a init=/sbin/init net.ifnames=0',
      kernel: '/boot/vmlinuz-6.8.0',
      bootloaderId: 'metal-ubuntu',
    },
    firewallRules: undefined,
    dnsServers: ['9.9.9.9'],
    ntpServers: ['0.pool.ntp.org'],
    vpn: undefined,
  };
}

const bmc = ({ number }: Place, now: number): Content<BmcRecord> => ({
  ...newBmcRecord(machineName(number)),
  address: `172.${16 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}:623`,
  mac: mac(32, number),
  user: 'metal',
  password: 'benchmark',
  interface: 'lanplus',
  version: '1.73.06',
  fru: { ...EMPTY_FRU, chassisPartSerial: serial(number), boardMfg: 'Supermicro', productSerial: serial(number) },
  powerState: 'ON',
  powerMetric: { averageConsumedWatts: 210, intervalInMin: 5, maxConsumedWatts: 240, minConsumedWatts: 180 },
  powerSupplies: [
    { health: 'OK', state: 'Enabled' },
    { health: 'OK', state: 'Enabled' },
  ],
  lastUpdated: timestamp(now),
});

const UNTIL_WAITING: readonly EventType[] = ['PXE Booting', 'Preparing', 'Registering', 'Waiting'];
const UNTIL_HOME: readonly EventType[] = [...UNTIL_WAITING, 'Installing', 'Booting New Kernel', 'Phoned Home'];

function events({ number, project }: Place, now: number): Content<EventContainer> {
  const log = (
    project === undefined ? UNTIL_WAITING : [...UNTIL_HOME, 'Planned Reboot' as const, ...UNTIL_HOME]
  ).toReversed();
  return {
    ...newEventContainer(machineName(number), timestamp(now)),
    events: log.map((event, age) => ({
      time: timestamp(now - age * 60_000),
      event,
      message: `${event.toLowerCase()} seen`,
    })),
    lastEventTime: timestamp(now),
  };
}

function address({ number, project = 0, position }: Place, now: number): Content<IpAddress> {
  const machineId = machineName(number);
  const allocation = allocationName(number);
  return createEntity<IpAddress>(
    {
      id: addressIn(project, position),
      name: `shoot--bench--worker-${number}`,
      description: AUTO_DESCRIPTION,
      allocationUuid: allocation,
      prefix: (projectNetwork(project, now) as Network).prefixes[0]!,
      networkId: networkName(project),
      projectId: projectName(project),
      type: 'ephemeral',
      tags: [machineTag(machineId)],
      attachments: [{ machineId, allocation, acquired: true, at: timestamp(now) }],
    },
    timestamp(now),
  );
}
