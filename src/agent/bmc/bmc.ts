/** Where a board management controller is, and how to log in. */
export interface BmcTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Never to be logged, never in an argument of a process. */
  readonly password: string;
  readonly interface: 'lanplus' | 'lan';
  /** Boot device byte of "disk"; vendors differ. */
  readonly diskDevice: number;
}

export type PowerAction = 'on' | 'off' | 'reset' | 'cycle';
export type BootDevice = 'pxe' | 'disk' | 'bios';

/**
 * - `unreachable` nothing answers at the address, `timeout` it does not answer in time
 * - `credentials` user or password are refused
 * - `refused` the BMC understood and said no
 * - `state` the machine is not in the state that the action needs
 * - `address` the BMC is outside the management networks, and is not asked
 * - `tool` the program that talks to BMCs is missing or broken
 */
export type BmcFailure = 'unreachable' | 'timeout' | 'credentials' | 'refused' | 'state' | 'address' | 'tool';

/** What went wrong at a BMC; the message is for operators and holds no secret. */
export class BmcError extends Error {
  constructor(
    readonly failure: BmcFailure,
    message: string,
  ) {
    super(message);
    this.name = 'BmcError';
  }

  /** Refused credentials are not tried again at once: BMCs lock users out. */
  get isWorthAnotherTry(): boolean {
    return !['credentials', 'state', 'address'].includes(this.failure);
  }
}

/** What an agent can do with a BMC. Every method may run again; each throws BmcError. */
export interface Bmc {
  isOn(target: BmcTarget): Promise<boolean>;
  power(target: BmcTarget, action: PowerAction): Promise<void>;
  /** `pxe` and `disk` for good, `bios` for the next boot; always UEFI (reference/40 §9.5). */
  boot(target: BmcTarget, device: BootDevice): Promise<void>;
  /** The chassis identify LED, until it is switched off. */
  identify(target: BmcTarget, on: boolean): Promise<void>;
}

/** What onlookers can ask a BMC. Every method throws BmcError. */
export interface BmcState {
  isOn(target: BmcTarget): Promise<boolean>;
  /** What the next boot is from; undefined for a device that no agent sets. */
  bootDevice(target: BmcTarget): Promise<BootDevice | undefined>;
}
