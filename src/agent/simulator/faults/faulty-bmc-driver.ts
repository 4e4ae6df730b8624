import { sleep } from '../../../shared/concurrency/timers.js';
import { BmcError } from '../../bmc/bmc-driver.js';
import type {
  BmcDriver,
  BmcReader,
  BmcTarget,
  BootDevice,
  BootPersistence,
  ChassisPowerAction,
  FirmwareImage,
  ReportProgress,
} from '../../bmc/bmc-driver.js';
import type { Random } from '../random.js';
import type { Conditions } from './conditions.js';

/** Seconds of the schedule that a slow BMC takes, and after which agents stop waiting for it. */
const SLOW = [5, 30] as const;
const PATIENCE = 20;

/** The way to BMCs, some of which are dead, slow, or claim to have done what they have not. */
export class FaultyBmcDriver implements BmcDriver, BmcReader {
  /** By address: the power state that a lying BMC claims. */
  private readonly claimed = new Map<string, boolean>();

  constructor(
    private readonly driver: BmcDriver & BmcReader,
    private readonly conditions: Conditions,
    private readonly random: Random,
    /** ID of the machine of a BMC. */
    private readonly machineAt: (target: BmcTarget) => string | undefined,
  ) {}

  isOn(target: BmcTarget): Promise<boolean> {
    return this.through(target, async (lies) => {
      if (!lies) this.claimed.delete(addressOf(target));
      return this.claimed.get(addressOf(target)) ?? this.driver.isOn(target);
    });
  }

  power(target: BmcTarget, action: ChassisPowerAction): Promise<void> {
    return this.through(target, async (lies) => {
      if (!lies) return this.driver.power(target, action);
      this.claimed.set(addressOf(target), action !== 'off' && action !== 'soft');
    });
  }

  setBootDevice(target: BmcTarget, device: BootDevice, persistence?: BootPersistence): Promise<void> {
    return this.through(target, async (lies) => {
      if (!lies) await this.driver.setBootDevice(target, device, persistence);
    });
  }

  setIdentifyLed(target: BmcTarget, on: boolean): Promise<void> {
    return this.through(target, async (lies) => {
      if (!lies) await this.driver.setIdentifyLed(target, on);
    });
  }

  updateFirmware(
    target: BmcTarget,
    image: FirmwareImage,
    progress: ReportProgress,
    signal: AbortSignal,
  ): Promise<void> {
    return this.through(target, async (lies) => {
      if (!lies) await this.driver.updateFirmware(target, image, progress, signal);
    });
  }

  bootDevice(target: BmcTarget): Promise<BootDevice | undefined> {
    return this.through(target, () => this.driver.bootDevice(target));
  }

  /** What a slow BMC was asked to do happens, even if the agent does not wait for the answer. */
  private async through<T>(target: BmcTarget, operation: (lies: boolean) => Promise<T>): Promise<T> {
    const machine = this.machineAt(target);
    const address = addressOf(target);
    if (machine === undefined) return operation(false);
    if (this.conditions.has('BMC dead', machine)) throw new BmcError('unreachable', `no BMC responds at ${address}`);
    const seconds = this.conditions.has('BMC slow', machine) ? this.random.between(...SLOW) : 0;
    if (seconds > 0) await sleep((seconds * 1000) / this.conditions.speed);
    const result = await operation(this.conditions.has('BMC lying', machine));
    if (seconds > PATIENCE) throw new BmcError('timeout', `the BMC at ${address} did not respond in time`);
    return result;
  }
}

const addressOf = ({ host, port }: BmcTarget): string => `${host}:${port}`;
