import type { ReportedBmc } from '../core/transitions/bmc-record.js';
import type { ReportedMachine } from '../core/transitions/hardware.js';
import { cpuCores } from '../hardware.js';
import type { MachineHardware } from '../hardware.js';

/** What an installer reports about the hardware that it runs on. */
export interface Registration extends ReportedMachine {
  readonly machineId: string;
  readonly partitionId: string;
  /** undefined if the installer could not reach the BMC. */
  readonly bmc: ReportedBmc | undefined;
}

/**
 * Legacy name and description of a machine, derived from its hardware: `8-core/137 GB`
 * (docs/reference/machine-legacy.md#registration).
 */
export function legacyTitle(hardware: MachineHardware): NonNullable<Registration['title']> {
  const cores = cpuCores(hardware);
  const memory = sizeText(hardware.memory);
  return { name: `${cores}-core/${memory}`, description: `${cores} cores and ${memory} of memory` };
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Formats a size in decimal units with at least two digits: `8.6 GB`, `137 GB`. */
function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}
