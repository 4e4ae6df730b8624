import { BmcError } from '../bmc/bmc-driver.js';
import type {
  BmcDriver,
  BmcReader,
  BmcTarget,
  BootDevice,
  ChassisPowerAction,
  FirmwareImage,
  ReportProgress,
} from '../bmc/bmc-driver.js';
import { fetchFirmware } from './firmware-download.js';
import type { SimulatedBmc } from './simulated-bmc.js';
import type { SimulatedMachine } from './simulated-machine.js';

/** Drives the BMCs of a simulated partition, with the same operations and errors as over IPMI. */
export class SimulatedBmcDriver implements BmcDriver, BmcReader {
  private readonly machines: ReadonlyMap<string, SimulatedMachine>;

  constructor(machines: readonly SimulatedMachine[]) {
    this.machines = new Map(machines.map((machine) => [machine.settings.bmc.address, machine]));
  }

  async isOn(target: BmcTarget): Promise<boolean> {
    return this.login(target).powerState === 'ON';
  }

  async power(target: BmcTarget, action: ChassisPowerAction): Promise<void> {
    const bmc = this.login(target);
    if (action === 'on') bmc.powerOn();
    else if (action === 'off' || action === 'soft') bmc.powerOff();
    else bmc.reset();
  }

  async setBootDevice(target: BmcTarget, device: BootDevice): Promise<void> {
    this.login(target).setBootDevice(device);
  }

  async setIdentifyLed(target: BmcTarget, on: boolean): Promise<void> {
    this.login(target).setLed(on);
  }

  /** Fetches the image, as a BMC does, and takes the revision in its address for the new version. */
  async updateFirmware(
    target: BmcTarget,
    { kind, url }: FirmwareImage,
    progress: ReportProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const bmc = this.login(target);
    progress('fetching the image');
    const version = await fetchFirmware(url, signal);
    bmc.installFirmware(kind, version);
    progress(`version ${version} is installed`);
  }

  async bootDevice(target: BmcTarget): Promise<BootDevice> {
    return this.login(target).bootDevice;
  }

  private login({ host, port, user, password }: BmcTarget): SimulatedBmc {
    const machine = this.machines.get(`${host}:${port}`);
    if (!machine) throw new BmcError('unreachable', `no BMC responds at ${host}:${port}`);
    const { bmc } = machine.settings;
    if (bmc.user !== user || bmc.password !== password) {
      throw new BmcError('credentials', `the BMC at ${host}:${port} refuses the login of "${user}"`);
    }
    return machine.bmc;
  }
}
