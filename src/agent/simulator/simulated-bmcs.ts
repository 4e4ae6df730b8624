import { BmcError } from '../bmc/bmc.js';
import type { Bmc, BmcState, BmcTarget, BootDevice, PowerAction } from '../bmc/bmc.js';
import type { SimulatedBmc } from './simulated-bmc.js';
import type { SimulatedMachine } from './simulated-machine.js';

/** What an agent sees of the BMCs of a simulated partition: the same operations as over IPMI, and the same refusals. */
export class SimulatedBmcs implements Bmc, BmcState {
  private readonly machines: ReadonlyMap<string, SimulatedMachine>;

  constructor(machines: readonly SimulatedMachine[]) {
    this.machines = new Map(machines.map((machine) => [machine.settings.bmc.address, machine]));
  }

  async isOn(target: BmcTarget): Promise<boolean> {
    return this.login(target).powerState === 'ON';
  }

  async power(target: BmcTarget, action: PowerAction): Promise<void> {
    const bmc = this.login(target);
    if (action === 'on') bmc.powerOn();
    else if (action === 'off') bmc.powerOff();
    else bmc.reset();
  }

  async boot(target: BmcTarget, device: BootDevice): Promise<void> {
    this.login(target).setBootDevice(device);
  }

  async identify(target: BmcTarget, on: boolean): Promise<void> {
    this.login(target).setLed(on);
  }

  async bootDevice(target: BmcTarget): Promise<BootDevice> {
    return this.login(target).bootDevice;
  }

  private login({ host, port, user, password }: BmcTarget): SimulatedBmc {
    const machine = this.machines.get(`${host}:${port}`);
    if (!machine) throw new BmcError('unreachable', `no BMC answers at ${host}:${port}`);
    const { bmc } = machine.settings;
    if (bmc.user !== user || bmc.password !== password) {
      throw new BmcError('credentials', `the BMC at ${host}:${port} refuses the login of "${user}"`);
    }
    return machine.bmc;
  }
}
