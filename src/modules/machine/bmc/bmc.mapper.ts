import { definedFields } from '../../../shared/entity.js';
import { InvalidValueError } from '../../../platform/http/wire/scalar.js';
import { sanitizeText } from '../../../shared/text.js';
import { cleanTexts } from '../core/clean-texts.js';
import type { Fru } from '../bmc-record.js';
import type { BmcReport } from '../core/transitions/bmc-record.js';
import type { UnreadReport } from './bmc.service.js';
import type { MachineFru, MachineIpmiReport, MachineIpmiReports, PowerMetricDto } from './bmc.dto.js';

/** The reports of a request, in the order of the body. */
export const toBmcReports = (body: MachineIpmiReports): UnreadReport[] =>
  Object.entries(body.reports ?? {}).map(([id, report]) => ({
    id,
    read: () => (report instanceof InvalidValueError ? report : toBmcReport(report)),
  }));

/** Sanitizes and truncates texts. */
const toBmcReport = (report: MachineIpmiReport): BmcReport => ({
  bmcIp: sanitizeText(report.BMCIp ?? ''),
  bmcVersion: sanitizeText(report.BMCVersion ?? ''),
  biosVersion: sanitizeText(report.BIOSVersion ?? ''),
  fru: cleanTexts(toFru(report.FRU ?? {})),
  powerState: sanitizeText(report.PowerState ?? ''),
  indicatorLed: report.IndicatorLEDState ?? '',
  powerMetric: report.PowerMetric && toPowerMetric(report.PowerMetric),
  powerSupplies: (report.PowerSupplies ?? []).map(({ status }) => ({
    health: sanitizeText(status?.health ?? ''),
    state: sanitizeText(status?.state ?? ''),
  })),
});

/** The fields that were reported. */
export const toFru = (fru: MachineFru): Partial<Fru> =>
  definedFields({
    chassisPartNumber: fru.chassis_part_number,
    chassisPartSerial: fru.chassis_part_serial,
    boardMfg: fru.board_mfg,
    boardMfgSerial: fru.board_mfg_serial,
    boardPartNumber: fru.board_part_number,
    productManufacturer: fru.product_manufacturer,
    productPartNumber: fru.product_part_number,
    productSerial: fru.product_serial,
  });

const toPowerMetric = (metric: PowerMetricDto): NonNullable<BmcReport['powerMetric']> => ({
  averageConsumedWatts: metric.averageconsumedwatts ?? 0,
  intervalInMin: metric.intervalinmin ?? 0,
  maxConsumedWatts: metric.maxconsumedwatts ?? 0,
  minConsumedWatts: metric.minconsumedwatts ?? 0,
});
