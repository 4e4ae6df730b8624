import type { BootDevice } from '../bmc/bmc.js';

/** What a BMC makes a machine do; the machine listens. */
export interface PowerListener {
  /** Power came on, or the machine was reset. */
  started(device: BootDevice): void;
  stopped(): void;
}

/** The BMC of a simulated machine: power and boot order in memory, told by what IPMI commands do to a real one. */
export class SimulatedBmc {
  private on = false;
  private persistent: BootDevice = 'pxe';
  private once: BootDevice | undefined;
  private identify = false;

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

  powerOn(): void {
    if (!this.on) this.start();
  }

  powerOff(): void {
    if (!this.on) return;
    this.on = false;
    this.listener.stopped();
  }

  /** Reset and cycle do nothing to a machine that is off, as the IPMI specification has it for a reset. */
  reset(): void {
    if (!this.on) return;
    this.listener.stopped();
    this.start();
  }

  /** PXE and disk stay until changed, BIOS holds for one boot; each replaces what was set before (reference/40 §9.5). */
  setBootDevice(device: BootDevice): void {
    this.once = device === 'bios' ? device : undefined;
    if (device !== 'bios') this.persistent = device;
  }

  setLed(on: boolean): void {
    this.identify = on;
  }

  private start(): void {
    this.on = true;
    const device = this.bootDevice;
    this.once = undefined;
    this.listener.started(device);
  }
}
