import { malformed } from '../../../shared/errors/domain-error.js';
import { quoted } from '../../../shared/text.js';
import type { MachineHardware, MachineNic } from '../machine.js';
import type { Registration, ReportedBmc } from '../registration/registration.js';
import type { BootInfoMessage, HardwareMessage, IpmiMessage, NicMessage, RegisterRequest } from './boot-messages.js';
import type { ReportedBootInfo } from './installation.js';

/** Throws `malformed` for parts that are missing and numbers that JSON cannot carry. */
export function toRegistration(request: RegisterRequest): Registration {
  const { uuid, hardware, bios, ipmi } = request;
  if (uuid === '') throw malformed('uuid must not be empty');
  if (!hardware) throw malformed(`hardware of machine ${quoted(uuid)} must be given`);
  if (!bios) throw malformed(`bios of machine ${quoted(uuid)} must be given`);
  return {
    machineId: uuid,
    partitionId: request.partitionId,
    hardware: toHardware(hardware),
    bios: { version: bios.version, vendor: bios.vendor, date: bios.date },
    bmc: ipmi ? { ...toBmc(ipmi), password: checkPassword(uuid, ipmi.password) } : undefined,
    tags: request.tags,
    metalHammerVersion: request.metalHammerVersion,
  };
}

/** Passwords are no text to be cleaned. Throws `malformed` for one with a NUL, which no BMC or system can have. */
export function checkPassword(machineId: string, password: string): string {
  if (!password.includes('\0')) return password;
  throw malformed(`password of machine ${quoted(machineId)} must not contain the character U+0000`);
}

const toHardware = ({ memory, cpus, gpus, disks, nics }: HardwareMessage): MachineHardware => ({
  memory: exact('memory', memory),
  cpus: cpus.map(({ vendor, model, cores, threads }) => ({ vendor, model, cores, threads })),
  gpus: gpus.map(({ vendor, model }) => ({ vendor, model })),
  disks: disks.map(({ name, size }) => ({ name, size: exact(`size of disk ${quoted(name)}`, size) })),
  nics: nics.map((nic) => ({ ...toNic(nic), hostname: '', neighbors: nic.neighbors.map(toNic) })),
});

const toNic = ({ mac, name, identifier, hostname }: NicMessage): MachineNic => ({
  mac,
  name,
  identifier,
  hostname,
  neighbors: [],
});

const toBmc = (ipmi: IpmiMessage): ReportedBmc => ({
  address: ipmi.address,
  mac: ipmi.mac,
  user: ipmi.user,
  password: ipmi.password,
  interface: ipmi.interface,
  version: ipmi.bmcVersion,
  powerState: ipmi.powerState,
  fru: { ...ipmi.fru },
});

/** Throws `malformed`. */
export function toReportedBootInfo(machineId: string, info: BootInfoMessage | null): ReportedBootInfo {
  if (!info) throw malformed(`boot_info of machine ${quoted(machineId)} must be given`);
  const { primaryDisk, osPartition, initrd, cmdline, kernel, bootloaderId } = info;
  return { primaryDisk, osPartition, initrd, cmdline, kernel, bootloaderId };
}

function exact(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw malformed(`${what} must be at most ${Number.MAX_SAFE_INTEGER} bytes, got ${value}`);
}
