import { malformed } from '../../../shared/errors/domain-error.js';
import { quoteText } from '../../../shared/text.js';
import type { MachineHardware, MachineNic } from '../hardware.js';
import type { ReportedBmc } from '../core/transitions/bmc-record.js';
import type { Registration } from '../registration/registration.js';
import type { BootInfoMessage, HardwareMessage, IpmiMessage, NicMessage, RegisterMessage } from './boot-messages.js';
import type { ReportedBootInfo } from '../core/transitions/installation.js';

/** Throws `malformed` for missing parts and for numbers that JSON cannot represent exactly. */
export function registrationOfMessage(message: RegisterMessage): Registration {
  const { uuid, hardware, bios, ipmi } = message;
  if (uuid === '') throw malformed('uuid must not be empty');
  if (!hardware) throw malformed(`hardware of machine ${quoteText(uuid)} is missing`);
  if (!bios) throw malformed(`bios of machine ${quoteText(uuid)} is missing`);
  return {
    machineId: uuid,
    partitionId: message.partitionId,
    hardware: toHardware(hardware),
    bios: { version: bios.version, vendor: bios.vendor, date: bios.date },
    bmc: ipmi ? { ...toBmc(ipmi), password: checkPassword(uuid, ipmi.password) } : undefined,
    tags: message.tags,
    metalHammerVersion: message.metalHammerVersion,
  };
}

/**
 * Passwords are stored unchanged, not sanitized. Throws `malformed` if the password contains NUL, which no BMC or
 * system supports.
 */
export function checkPassword(machineId: string, password: string): string {
  if (!password.includes('\0')) return password;
  throw malformed(`password of machine ${quoteText(machineId)} must not contain the character U+0000`);
}

const toHardware = ({ memory, cpus, gpus, disks, nics }: HardwareMessage): MachineHardware => ({
  memory: exact('memory', memory),
  cpus: cpus.map(({ vendor, model, cores, threads }) => ({ vendor, model, cores, threads })),
  gpus: gpus.map(({ vendor, model }) => ({ vendor, model })),
  disks: disks.map(({ name, size }) => ({ name, size: exact(`size of disk ${quoteText(name)}`, size) })),
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

/** Throws `malformed` if the boot info is missing. */
export function bootInfoOfMessage(machineId: string, info: BootInfoMessage | null): ReportedBootInfo {
  if (!info) throw malformed(`boot_info of machine ${quoteText(machineId)} is missing`);
  const { primaryDisk, osPartition, initrd, cmdline, kernel, bootloaderId } = info;
  return { primaryDisk, osPartition, initrd, cmdline, kernel, bootloaderId };
}

function exact(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw malformed(`${what} must be at most ${Number.MAX_SAFE_INTEGER} bytes, got ${value}`);
}
