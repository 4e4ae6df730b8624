import { given } from '../../../shared/entity.js';
import type { Fru } from '../machine.js';
import type { BmcReport } from './bmc-report.js';
import type { MachineFru, MachineIpmiReport, MachineIpmiReports, PowerMetric } from './bmc.dto.js';

/** The reports of a request by machine id. */
export const toBmcReports = (body: MachineIpmiReports): ReadonlyMap<string, BmcReport> =>
  new Map(Object.entries(body.reports ?? {}).map(([id, report]) => [id, toBmcReport(report)]));

const toBmcReport = (report: MachineIpmiReport): BmcReport => ({
  bmcIp: report.BMCIp ?? '',
  bmcVersion: report.BMCVersion ?? '',
  biosVersion: report.BIOSVersion ?? '',
  fru: toFru(report.FRU ?? {}),
  powerState: report.PowerState ?? '',
  indicatorLed: report.IndicatorLEDState ?? '',
  powerMetric: report.PowerMetric && toPowerMetric(report.PowerMetric),
  powerSupplies: (report.PowerSupplies ?? []).map(({ status }) => ({
    health: status?.health ?? '',
    state: status?.state ?? '',
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
