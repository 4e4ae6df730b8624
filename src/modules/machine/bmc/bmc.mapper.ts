import { given } from '../../../shared/entity.js';
import { Misfit } from '../../../platform/http/wire/scalar.js';
import { cleaned } from '../../../shared/text.js';
import { cleanTexts } from '../registration/reported.js';
import type { Fru } from '../machine.js';
import type { BmcReport } from './bmc-report.js';
import type { MachineFru, MachineIpmiReport, MachineIpmiReports, PowerMetric } from './bmc.dto.js';

/** The reports of a request by machine id; an Error says why one could not be read. */
export const toBmcReports = (body: MachineIpmiReports): ReadonlyMap<string, BmcReport | Error> =>
  new Map(
    Object.entries(body.reports ?? {}).map(([id, report]) => [
      id,
      report instanceof Misfit ? report : toBmcReport(report),
    ]),
  );

/** Texts cleaned and cut. */
const toBmcReport = (report: MachineIpmiReport): BmcReport => ({
  bmcIp: cleaned(report.BMCIp ?? ''),
  bmcVersion: cleaned(report.BMCVersion ?? ''),
  biosVersion: cleaned(report.BIOSVersion ?? ''),
  fru: cleanTexts(toFru(report.FRU ?? {})),
  powerState: cleaned(report.PowerState ?? ''),
  indicatorLed: report.IndicatorLEDState ?? '',
  powerMetric: report.PowerMetric && toPowerMetric(report.PowerMetric),
  powerSupplies: (report.PowerSupplies ?? []).map(({ status }) => ({
    health: cleaned(status?.health ?? ''),
    state: cleaned(status?.state ?? ''),
  })),
});

/** Those parts that were read. */
export const toFru = (fru: MachineFru): Partial<Fru> =>
  given({
    chassisPartNumber: fru.chassis_part_number,
    chassisPartSerial: fru.chassis_part_serial,
    boardMfg: fru.board_mfg,
    boardMfgSerial: fru.board_mfg_serial,
    boardPartNumber: fru.board_part_number,
    productManufacturer: fru.product_manufacturer,
    productPartNumber: fru.product_part_number,
    productSerial: fru.product_serial,
  });

const toPowerMetric = (metric: PowerMetric): NonNullable<BmcReport['powerMetric']> => ({
  averageConsumedWatts: metric.averageconsumedwatts ?? 0,
  intervalInMin: metric.intervalinmin ?? 0,
  maxConsumedWatts: metric.maxconsumedwatts ?? 0,
  minConsumedWatts: metric.minconsumedwatts ?? 0,
});
