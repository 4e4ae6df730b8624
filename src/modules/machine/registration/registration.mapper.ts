import type { MachineHardwareExtended, MachineNicExtended } from '../../size/hardware-2021.dto.js';
import type { MachineIpmi } from '../bmc/bmc.dto.js';
import { toFru } from '../bmc/bmc.mapper.js';
import type { MachineHardware, MachineNic } from '../machine.js';
import { titleOf2021 } from './registration.js';
import type { Registration, ReportedBmc } from './registration.js';
import type { MachineRegisterRequest } from './registration.dto.js';

/** Installers of 2021 say neither their version nor CPUs; neighbours are known by their MAC only. */
export function toRegistration(request: MachineRegisterRequest): Registration {
  const { uuid, partitionid, bios, ipmi, tags } = request;
  const hardware = toHardware(request.hardware ?? {});
  return {
    machineId: uuid ?? '',
    partitionId: partitionid ?? '',
    hardware,
    bios: { version: bios?.version ?? '', vendor: bios?.vendor ?? '', date: bios?.date ?? '' },
    bmc: ipmi && toBmc(ipmi),
    tags: tags ?? [],
    metalHammerVersion: '',
    title: titleOf2021(hardware),
  };
}

/** One CPU has all the cores, so that sizes match. */
const toHardware = ({
  memory = 0,
  cpu_cores = 0,
  disks = [],
  nics = [],
}: MachineHardwareExtended): MachineHardware => ({
  memory,
  cpus: [{ vendor: '', model: '', cores: cpu_cores, threads: cpu_cores }],
  gpus: [],
  disks: disks.map(({ name, size }) => ({ name: name ?? '', size: size ?? 0 })),
  nics: nics.map((nic) => toNic(nic, nic.neighbors ?? [])),
});

const toNic = ({ mac, name }: MachineNicExtended, neighbors: readonly MachineNicExtended[]): MachineNic => ({
  mac: mac ?? '',
  name: name ?? '',
  identifier: '',
  hostname: '',
  neighbors: neighbors.map((neighbor) => toNic(neighbor, [])),
});

const toBmc = (ipmi: Partial<MachineIpmi>): ReportedBmc => ({
  address: ipmi.address ?? '',
  mac: ipmi.mac ?? '',
  user: ipmi.user ?? '',
  password: ipmi.password ?? '',
  interface: ipmi.interface ?? '',
  version: ipmi.bmcversion ?? '',
  powerState: ipmi.powerstate ?? '',
  fru: toFru(ipmi.fru ?? {}),
});
