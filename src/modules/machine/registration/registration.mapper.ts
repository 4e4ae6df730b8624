import type { MachineHardwareExtended, MachineNicExtended } from '../../size/legacy-hardware.dto.js';
import type { MachineIpmi } from '../bmc/bmc.dto.js';
import { toFru } from '../bmc/bmc.mapper.js';
import type { MachineHardware, MachineNic } from '../hardware.js';
import { legacyTitle } from './registration.js';
import type { ReportedBmc } from '../core/transitions/bmc-record.js';
import type { Registration } from './registration.js';
import type { MachineRegisterRequest } from './registration.dto.js';

/** Legacy installers report neither their version nor CPUs, and neighbors by MAC address only. */
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
    title: legacyTitle(hardware),
  };
}

/** Represents all cores as one CPU, so that sizes match. */
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
