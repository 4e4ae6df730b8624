import type { MachineHardware as MachineHardwareResponse, MachineNic as MachineNicResponse } from './hardware.dto.js';
import { cpuCores } from './machine.js';
import type { MachineHardware, MachineNic } from './machine.js';

export const toHardwareResponse = (hardware: MachineHardware): MachineHardwareResponse => ({
  memory: hardware.memory,
  cpu_cores: cpuCores(hardware),
  // Clients of 2021 require `primary`.
  disks: hardware.disks.map(({ name, size }) => ({ name, size, primary: false })),
  cpus: unlessEmpty(hardware.cpus),
  gpus: unlessEmpty(hardware.gpus),
  nics: hardware.nics.map((nic) => toNicResponse(nic, nic.neighbors)),
});

/**
 * One level deep: what a neighbour sees is nobody's business here. Installers of 2021 know no identifiers; then the MAC
 * is one (reference/50 §9).
 */
const toNicResponse = (nic: MachineNic, neighbors: readonly MachineNic[]): MachineNicResponse => ({
  mac: nic.mac,
  name: nic.name,
  identifier: nic.identifier || nic.mac,
  neighbors: neighbors.map((neighbor) => toNicResponse(neighbor, [])),
});

const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
