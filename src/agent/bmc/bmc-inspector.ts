import type { BmcTarget } from './bmc-driver.js';

/** A sensor of a machine, as its BMC reports it. */
export interface BmcSensor {
  readonly name: string;
  readonly reading: number;
  /** `Cel`, `RPM`, `V`, `W` or `%`, or what the BMC says. */
  readonly unit: string;
  /** `OK`, `Warning` or `Critical`; `""` if unknown. */
  readonly health: string;
}

/** Part numbers and serial numbers of a machine; fields that the BMC does not report are missing. */
export interface BmcFru {
  readonly chassisPartNumber?: string | undefined;
  readonly chassisPartSerial?: string | undefined;
  readonly boardMfg?: string | undefined;
  readonly boardMfgSerial?: string | undefined;
  readonly boardPartNumber?: string | undefined;
  readonly productManufacturer?: string | undefined;
  readonly productPartNumber?: string | undefined;
  readonly productSerial?: string | undefined;
}

/** Power draw in watts over an interval in minutes. */
export interface BmcPowerDraw {
  readonly average: number;
  readonly min: number;
  readonly max: number;
  readonly intervalInMin: number;
}

/** What a BMC reports about its machine. All texts are cleaned and bounded. */
export interface BmcFindings {
  readonly protocol: 'redfish' | 'ipmi';
  /** UUID of the machine (DMI), in lower case; undefined if the BMC does not know it. */
  readonly uuid: string | undefined;
  readonly bmcVersion: string | undefined;
  readonly biosVersion: string | undefined;
  readonly fru: BmcFru;
  /** Undefined if the BMC does not say. */
  readonly isOn: boolean | undefined;
  readonly isLedOn: boolean | undefined;
  readonly powerDraw: BmcPowerDraw | undefined;
  readonly powerSupplies: readonly { readonly health: string; readonly state: string }[];
  readonly sensors: readonly BmcSensor[];
}

/** Reads what a BMC knows. Throws BmcError if the BMC cannot be asked; details that it lacks are undefined. */
export interface BmcInspector {
  inspect(target: BmcTarget): Promise<BmcFindings>;
}
