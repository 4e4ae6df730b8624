import type { MachineHardwareDto, MachineNicDto } from './hardware.dto.js';
import { cpuCores } from '../hardware.js';
import type { MachineHardware, MachineNic } from '../hardware.js';

export const toHardwareResponse = (hardware: MachineHardware): MachineHardwareDto => ({
  memory: hardware.memory,
  cpu_cores: cpuCores(hardware),
  // Legacy clients require `primary`.
  disks: hardware.disks.map(({ name, size }) => ({ name, size, primary: false })),
  cpus: unlessEmpty(hardware.cpus),
  gpus: unlessEmpty(hardware.gpus),
  nics: hardware.nics.map((nic) => toNicResponse(nic, nic.neighbors)),
});

/**
 * Shows neighbors one level deep, without their own neighbors. Legacy installers do not report identifiers; the MAC
 * address is used instead (docs/reference/required-fields.md#values-for-unknown).
 */
const toNicResponse = (nic: MachineNic, neighbors: readonly MachineNic[]): MachineNicDto => ({
  mac: nic.mac,
  name: nic.name,
  identifier: nic.identifier || nic.mac,
  neighbors: neighbors.map((neighbor) => toNicResponse(neighbor, [])),
});

const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
