import { toMachineIpmiReport } from '../report/machine-ipmi-report.js';
import type { ReportedMachineIpmi } from '../report/machine-ipmi-report.js';
import type { Random } from './random.js';
import type { Phase, SimulatedMachine } from './simulated-machine.js';

/** Average power draw in each phase, in watts. A machine that is off feeds its BMC. */
const WATTS: Readonly<Record<Phase, number>> = {
  off: 12,
  'pxe booting': 140,
  preparing: 150,
  registering: 150,
  waiting: 110,
  installing: 230,
  booting: 180,
  running: 260,
  bios: 120,
  crashed: 130,
};

/** The draw varies by this share around its average. */
const VARIATION = 0.15;
const INTERVAL_MINUTES = 5;

/** What a machine's BMC reports of itself (docs/reference/bmc-reports.md#report-body). */
export function bmcReportOf({ bmc, settings, phase }: SimulatedMachine, random: Random): ReportedMachineIpmi {
  const average = Math.round(WATTS[phase] * (1 + VARIATION * (2 * random.next() - 1)) * 10) / 10;
  return toMachineIpmiReport(settings.bmc.address.replace(/:\d+$/, ''), {
    fru: { chassisPartSerial: settings.serial, boardMfg: 'Simulated', boardPartNumber: 'S1' },
    biosVersion: bmc.firmware.bios,
    bmcVersion: bmc.firmware.bmc,
    isOn: bmc.powerState === 'ON',
    isLedOn: bmc.ledState === 'LED-ON',
    powerDraw: {
      average,
      min: Math.round(average * (1 - VARIATION)),
      max: Math.round(average * (1 + VARIATION)),
      intervalInMin: INTERVAL_MINUTES,
    },
    powerSupplies: [1, 2].map(() => ({ health: 'OK', state: 'Enabled' })),
  });
}
