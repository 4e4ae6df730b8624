import { readBmcAddress, writeBmcAddress } from '../../../shared/net/bmc-address.js';
import { canonicalMac } from '../../../shared/spelling.js';
import { cleaned } from '../../../shared/text.js';
import type { MachineBios, MachineHardware, MachineNic } from '../machine.js';
import type { Registration, ReportedBmc } from './registration.js';

/**
 * A registration fit to be stored: texts cleaned and cut, MAC addresses in their one spelling. The password of the BMC
 * stays as it is, and so do the ids, which are refused instead.
 */
export const cleanRegistration = (registration: Registration): Registration => ({
  ...registration,
  hardware: cleanHardware(registration.hardware),
  bios: cleanTexts<MachineBios>(registration.bios),
  bmc: registration.bmc && cleanBmc(registration.bmc),
  tags: registration.tags.map((tag) => cleaned(tag)),
  metalHammerVersion: cleaned(registration.metalHammerVersion),
});

const cleanHardware = ({ memory, cpus, gpus, disks, nics }: MachineHardware): MachineHardware => ({
  memory,
  cpus: cpus.map((cpu) => cleanTexts(cpu)),
  gpus: gpus.map((gpu) => cleanTexts(gpu)),
  disks: disks.map((disk) => cleanTexts(disk)),
  nics: nics.map(cleanNic),
});

/** Identifiers of ports are MAC addresses, too, where a switch tells no other. */
const cleanNic = ({ mac, name, identifier, hostname, neighbors }: MachineNic): MachineNic => ({
  mac: canonicalMac(cleaned(mac)),
  name: cleaned(name),
  identifier: canonicalMac(cleaned(identifier)),
  hostname: cleaned(hostname),
  neighbors: neighbors.map(cleanNic),
});

const cleanBmc = ({ password, fru, ...texts }: ReportedBmc): ReportedBmc => ({
  ...cleanTexts(texts),
  address: addressOf(texts.address),
  mac: canonicalMac(cleaned(texts.mac)),
  password,
  fru: cleanTexts(fru),
});

/** `""`, which changes nothing, for what is no address of a BMC: a machine whose BMC is odd may register all the same. */
function addressOf(text: string): string {
  const address = readBmcAddress(text);
  return address ? writeBmcAddress(address) : '';
}

/** The object with all its texts cleaned and cut. */
export function cleanTexts<T extends object>(value: T, maxLength?: number): T {
  const entries = Object.entries(value) as [string, unknown][];
  return Object.fromEntries(
    entries.map(([key, member]) => [key, typeof member === 'string' ? cleaned(member, maxLength) : member]),
  ) as T;
}
