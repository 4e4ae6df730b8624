import type { BmcFindings } from '../bmc/bmc-inspector.js';

/** One machine in the body of `POST /v1/machine/ipmi` (docs/reference/bmc-reports.md#report-body). */
export interface ReportedMachineIpmi {
  readonly BMCIp: string;
  readonly BMCVersion: string;
  readonly BIOSVersion: string;
  readonly FRU: Readonly<Record<string, string>>;
  readonly PowerState: string;
  readonly IndicatorLEDState: string;
  readonly PowerMetric?: Readonly<Record<string, number>>;
  readonly PowerSupplies: readonly { readonly status: { readonly health: string; readonly state: string } }[];
}

/** Unknown values are empty, which the API takes for unchanged. */
export function toMachineIpmiReport(
  address: string,
  findings: Omit<BmcFindings, 'protocol' | 'uuid' | 'sensors'>,
): ReportedMachineIpmi {
  const { fru, powerDraw, isOn, isLedOn } = findings;
  return {
    BMCIp: address,
    BMCVersion: findings.bmcVersion ?? '',
    BIOSVersion: findings.biosVersion ?? '',
    FRU: withoutGaps({
      chassis_part_number: fru.chassisPartNumber,
      chassis_part_serial: fru.chassisPartSerial,
      board_mfg: fru.boardMfg,
      board_mfg_serial: fru.boardMfgSerial,
      board_part_number: fru.boardPartNumber,
      product_manufacturer: fru.productManufacturer,
      product_part_number: fru.productPartNumber,
      product_serial: fru.productSerial,
    }),
    PowerState: isOn === undefined ? '' : isOn ? 'ON' : 'OFF',
    IndicatorLEDState: isLedOn === undefined ? '' : isLedOn ? 'LED-ON' : 'LED-OFF',
    ...(powerDraw && {
      PowerMetric: {
        averageconsumedwatts: powerDraw.average,
        intervalinmin: powerDraw.intervalInMin,
        maxconsumedwatts: powerDraw.max,
        minconsumedwatts: powerDraw.min,
      },
    }),
    PowerSupplies: findings.powerSupplies.map(({ health, state }) => ({ status: { health, state } })),
  };
}

const withoutGaps = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));
