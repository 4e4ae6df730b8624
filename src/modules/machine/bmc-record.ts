import type { Document } from '../../shared/document.js';

/** Inventory and power data of a machine's board management controller; written by reports every few minutes. */
export interface BmcRecord extends Document {
  /** The machine's id. */
  readonly id: string;
  /** `host:port` (`[host]:port` for IPv6). */
  readonly address: string;
  readonly mac: string;
  readonly user: string;
  readonly password: string;
  readonly interface: string;
  readonly version: string;
  readonly fru: Fru;
  readonly powerState: string;
  readonly powerMetric: PowerMetric | undefined;
  readonly powerSupplies: readonly { readonly health: string; readonly state: string }[];
  readonly lastUpdated: string;
}

export interface Fru {
  readonly chassisPartNumber: string;
  readonly chassisPartSerial: string;
  readonly boardMfg: string;
  readonly boardMfgSerial: string;
  readonly boardPartNumber: string;
  readonly productManufacturer: string;
  readonly productPartNumber: string;
  readonly productSerial: string;
}

/** Watts, averaged over `intervalInMin` minutes. */
export interface PowerMetric {
  readonly averageConsumedWatts: number;
  readonly intervalInMin: number;
  readonly maxConsumedWatts: number;
  readonly minConsumedWatts: number;
}

export const EMPTY_FRU: Fru = {
  chassisPartNumber: '',
  chassisPartSerial: '',
  boardMfg: '',
  boardMfgSerial: '',
  boardPartNumber: '',
  productManufacturer: '',
  productPartNumber: '',
  productSerial: '',
};

/** An empty record for a BMC of which nothing is known yet. */
export const newBmcRecord = (id: string): Omit<BmcRecord, 'revision'> => ({
  id,
  address: '',
  mac: '',
  user: '',
  password: '',
  interface: '',
  version: '',
  fru: EMPTY_FRU,
  powerState: '',
  powerMetric: undefined,
  powerSupplies: [],
  lastUpdated: '',
});
