import { parseBmcAddress, formatBmcAddress } from '../../../shared/net/bmc-address.js';
import { canonicalMac } from '../../../shared/spelling.js';
import { sanitizeText } from '../../../shared/text.js';
import type { MachineBios, MachineHardware, MachineNic } from '../hardware.js';
import { cleanTexts } from '../core/clean-texts.js';
import type { ReportedBmc } from '../core/transitions/bmc-record.js';
import type { Registration } from './registration.js';

/**
 * Sanitizes a registration for storage: cleans and truncates texts, and brings MAC addresses into canonical form.
 * Leaves the BMC's password unchanged, and the IDs, too, because invalid IDs are rejected instead.
 */
export const sanitizeRegistration = (registration: Registration): Registration => ({
  ...registration,
  hardware: cleanHardware(registration.hardware),
  bios: cleanTexts<MachineBios>(registration.bios),
  bmc: registration.bmc && cleanBmc(registration.bmc),
  tags: registration.tags.map((tag) => sanitizeText(tag)),
  metalHammerVersion: sanitizeText(registration.metalHammerVersion),
});

const cleanHardware = ({ memory, cpus, gpus, disks, nics }: MachineHardware): MachineHardware => ({
  memory,
  cpus: cpus.map((cpu) => cleanTexts(cpu)),
  gpus: gpus.map((gpu) => cleanTexts(gpu)),
  disks: disks.map((disk) => cleanTexts(disk)),
  nics: nics.map(cleanNic),
});

/** Port identifiers are MAC addresses, too, if the switch reports nothing else. */
const cleanNic = ({ mac, name, identifier, hostname, neighbors }: MachineNic): MachineNic => ({
  mac: canonicalMac(sanitizeText(mac)),
  name: sanitizeText(name),
  identifier: canonicalMac(sanitizeText(identifier)),
  hostname: sanitizeText(hostname),
  neighbors: neighbors.map(cleanNic),
});

const cleanBmc = ({ password, fru, ...texts }: ReportedBmc): ReportedBmc => ({
  ...cleanTexts(texts),
  address: addressOf(texts.address),
  mac: canonicalMac(sanitizeText(texts.mac)),
  password,
  fru: cleanTexts(fru),
});

/**
 * Returns `""`, which changes nothing, if `text` is not a BMC address: a machine with an unusual BMC can still
 * register.
 */
function addressOf(text: string): string {
  const address = parseBmcAddress(text);
  return address ? formatBmcAddress(address) : '';
}
