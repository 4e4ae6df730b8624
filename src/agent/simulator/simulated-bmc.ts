import type { BootDevice } from '../bmc/bmc-driver.js';

/** A machine's callbacks for changes of its power by the BMC. */
export interface PowerListener {
  /** Called when the machine was powered on or reset. */
  started(device: BootDevice): void;
  stopped(): void;
}

/** Versions of the firmware of a machine. */
export interface FirmwareVersions {
  readonly bios: string;
  readonly bmc: string;
}

/** The BMC of a simulated machine: keeps power, boot device, LED and firmware in memory, with the semantics of IPMI commands. */
export class SimulatedBmc {
  private on = false;
  private persistent: BootDevice = 'pxe';
  private once: BootDevice | undefined;
  private identify = false;
  private versions: FirmwareVersions = { bios: '1.0', bmc: '1.0' };
  /** A BIOS that was written to the flash and takes effect when the machine starts. */
  private pendingBios: string | undefined;

  constructor(private readonly listener: PowerListener) {}

  get powerState(): 'ON' | 'OFF' {
    return this.on ? 'ON' : 'OFF';
  }

  get ledState(): 'LED-ON' | 'LED-OFF' {
    return this.identify ? 'LED-ON' : 'LED-OFF';
  }

  get bootDevice(): BootDevice {
    return this.once ?? this.persistent;
  }

  /** As BIOS and BMC show them: a new BIOS shows at the next start of the machine. */
  get firmware(): FirmwareVersions {
    return this.versions;
  }

  installFirmware(kind: keyof FirmwareVersions, version: string): void {
    if (kind === 'bmc') this.versions = { ...this.versions, bmc: version };
    else if (this.on) this.pendingBios = version;
    else this.versions = { ...this.versions, bios: version };
  }

  powerOn(): void {
    if (!this.on) this.start();
  }

  powerOff(): void {
    if (!this.on) return;
    this.on = false;
    this.listener.stopped();
  }

  /** Resets or power-cycles the machine. No-op if it is off, as the IPMI specification requires for a reset. */
  reset(): void {
    if (!this.on) return;
    this.listener.stopped();
    this.start();
  }

  /**
   * Sets PXE or disk until changed, BIOS for one boot; replaces the previous setting
   * (docs/reference/partition-services.md#bmc-operations).
   */
  setBootDevice(device: BootDevice): void {
    this.once = device === 'bios' ? device : undefined;
    if (device !== 'bios') this.persistent = device;
  }

  setLed(on: boolean): void {
    this.identify = on;
  }

  private start(): void {
    this.on = true;
    this.versions = { ...this.versions, bios: this.pendingBios ?? this.versions.bios };
    this.pendingBios = undefined;
    const device = this.bootDevice;
    this.once = undefined;
    this.listener.started(device);
  }
}
