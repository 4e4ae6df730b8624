import { ZERO_TIME } from '../../../shared/clock.js';
import type { BmcRecord, Fru, PowerMetric } from '../bmc-record.js';

/**
 * BMC data in the form that both API responses and messages to partitions use
 * (docs/reference/message-bus.md#command-payload).
 */
export type IpmiBlock = {
  readonly address: string;
  readonly mac: string;
  readonly user: string;
  readonly password: string;
  readonly interface: string;
  readonly fru: ReturnType<typeof fruBlock>;
  readonly bmcversion: string;
  readonly powerstate: string;
  readonly powermetric: ReturnType<typeof powerMetricBlock> | null;
  readonly powersupplies: readonly { readonly status: { readonly health: string; readonly state: string } }[];
  readonly last_updated: string;
};

/**
 * Builds a complete block: consumers read every member without checking for its presence. Contains the BMC's
 * password.
 */
export const ipmiBlock = (bmc: Omit<BmcRecord, 'revision'>): IpmiBlock => ({
  address: bmc.address,
  mac: bmc.mac,
  user: bmc.user,
  password: bmc.password,
  interface: bmc.interface,
  fru: fruBlock(bmc.fru),
  bmcversion: bmc.version,
  powerstate: bmc.powerState,
  powermetric: bmc.powerMetric ? powerMetricBlock(bmc.powerMetric) : null,
  powersupplies: bmc.powerSupplies.map(({ health, state }) => ({ status: { health, state } })),
  last_updated: bmc.lastUpdated || ZERO_TIME,
});

const fruBlock = (fru: Fru) => ({
  chassis_part_number: fru.chassisPartNumber,
  chassis_part_serial: fru.chassisPartSerial,
  board_mfg: fru.boardMfg,
  board_mfg_serial: fru.boardMfgSerial,
  board_part_number: fru.boardPartNumber,
  product_manufacturer: fru.productManufacturer,
  product_part_number: fru.productPartNumber,
  product_serial: fru.productSerial,
});

const powerMetricBlock = (metric: PowerMetric) => ({
  averageconsumedwatts: metric.averageConsumedWatts,
  intervalinmin: metric.intervalInMin,
  maxconsumedwatts: metric.maxConsumedWatts,
  minconsumedwatts: metric.minConsumedWatts,
});
