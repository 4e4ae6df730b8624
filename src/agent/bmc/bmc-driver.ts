/** Address and credentials of a BMC (baseboard management controller). */
export interface BmcTarget {
  readonly host: string;
  /** Port of IPMI. The port of Redfish is a setting of the agent. */
  readonly port: number;
  /** Host name under which the BMC is registered; undefined if it is registered by its address. */
  readonly name?: string | undefined;
  /** ID of the machine; undefined if it is not known yet. */
  readonly machine?: string | undefined;
  readonly user: string;
  /** Must never be logged or passed as a process argument. */
  readonly password: string;
  readonly interface: 'lanplus' | 'lan';
  /** Boot device byte for "disk"; depends on the vendor. */
  readonly diskDevice: number;
}

/** `soft` asks the operating system to shut down; the other actions do not ask. */
export type ChassisPowerAction = 'on' | 'off' | 'soft' | 'reset' | 'cycle';
export type BootDevice = 'pxe' | 'disk' | 'bios';

/** Whether a boot device is for the next boot only or for all boots until it is changed. */
export type BootPersistence = 'once' | 'continuous';

/** A firmware file that a BMC is to fetch and install. */
export interface FirmwareImage {
  readonly kind: 'bios' | 'bmc';
  /** Presigned: a secret that must never be logged. */
  readonly url: string;
}

/** Receives the progress of a long operation, in words for operators. */
export type ReportProgress = (text: string) => void;

/**
 * - `unreachable` nothing responds at the address
 * - `timeout` the BMC does not respond in time
 * - `credentials` the BMC refuses the user or password
 * - `refused` the BMC understood the request and refuses it
 * - `state` the machine is not in the state that the action requires
 * - `address` the BMC is outside the management networks and was not contacted
 * - `certificate` the certificate of the BMC is not trusted, and nothing was sent
 * - `unsupported` the BMC, or the protocol that it speaks, cannot do this
 * - `update` an update of firmware failed, or ended with an unknown result
 * - `tool` the program that talks to BMCs is missing or broken
 */
export type BmcFailure =
  | 'unreachable'
  | 'timeout'
  | 'credentials'
  | 'refused'
  | 'state'
  | 'address'
  | 'certificate'
  | 'unsupported'
  | 'update'
  | 'tool';

/** Failures that a repetition would not change, or that it could make worse. */
const FINAL: readonly BmcFailure[] = ['credentials', 'state', 'address', 'certificate', 'unsupported', 'update'];

/** The failure of a BMC operation. The message is for operators and contains no secrets. */
export class BmcError extends Error {
  constructor(
    readonly failure: BmcFailure,
    message: string,
  ) {
    super(message);
    this.name = 'BmcError';
  }

  /** Whether the agent retries. Refused credentials are not retried, because BMCs lock users out. */
  get isRetryable(): boolean {
    return !FINAL.includes(this.failure);
  }
}

/** The BMC operations of an agent. Every method may be repeated and throws BmcError. */
export interface BmcDriver {
  isOn(target: BmcTarget): Promise<boolean>;
  power(target: BmcTarget, action: ChassisPowerAction): Promise<void>;
  /**
   * Sets the boot device, always for UEFI (docs/reference/partition-services.md#bmc-operations). Unless stated
   * otherwise, `pxe` and `disk` are for all boots, `bios` is for the next boot only.
   */
  setBootDevice(target: BmcTarget, device: BootDevice, persistence?: BootPersistence): Promise<void>;
  /** Switches the chassis identify LED; it stays on until it is switched off. */
  setIdentifyLed(target: BmcTarget, on: boolean): Promise<void>;
  /**
   * Makes the BMC fetch and install an image, and follows the update to its end, which may take an hour. `signal` ends
   * the wait, not the update.
   */
  updateFirmware(target: BmcTarget, image: FirmwareImage, progress: ReportProgress, signal: AbortSignal): Promise<void>;
}

export const defaultPersistence = (device: BootDevice): BootPersistence => (device === 'bios' ? 'once' : 'continuous');

/** Read-only BMC operations. Every method throws BmcError. */
export interface BmcReader {
  isOn(target: BmcTarget): Promise<boolean>;
  /** The device of the next boot; undefined for a device that agents never set. */
  bootDevice(target: BmcTarget): Promise<BootDevice | undefined>;
}
