import type {
  BmcDriver,
  BmcReader,
  BmcTarget,
  BootDevice,
  BootPersistence,
  ChassisPowerAction,
  FirmwareImage,
  ReportProgress,
} from '../bmc/bmc-driver.js';
import { defaultPersistence } from '../bmc/bmc-driver.js';
import type { BmcFindings, BmcInspector } from '../bmc/bmc-inspector.js';
import { overriddenBoot, overrideBoot } from './boot-override.js';
import { updateFirmware, UPDATE_DEFAULTS } from './firmware-update.js';
import type { UpdateOptions } from './firmware-update.js';
import { switchLed } from './identify-led.js';
import { isPoweredOn, resetSystem } from './power-control.js';
import { RedfishClient } from './redfish-client.js';
import type { RedfishOptions } from './redfish-client.js';
import { inspectService } from './redfish-inspection.js';
import { RedfishService } from './redfish-service.js';

/** Controls and inspects BMCs over Redfish (docs/adr/0021-redfish.md). Each operation is one session. */
export class RedfishBmcDriver implements BmcDriver, BmcReader, BmcInspector {
  constructor(
    private readonly options: RedfishOptions,
    private readonly update: UpdateOptions = UPDATE_DEFAULTS,
  ) {}

  isOn(target: BmcTarget): Promise<boolean> {
    return this.with(target, async (service) => isPoweredOn(service));
  }

  power(target: BmcTarget, action: ChassisPowerAction): Promise<void> {
    return this.with(target, (service) => resetSystem(service, action));
  }

  setBootDevice(target: BmcTarget, device: BootDevice, persistence?: BootPersistence): Promise<void> {
    return this.with(target, (service) => overrideBoot(service, device, persistence ?? defaultPersistence(device)));
  }

  setIdentifyLed(target: BmcTarget, on: boolean): Promise<void> {
    return this.with(target, (service) => switchLed(service, on));
  }

  bootDevice(target: BmcTarget): Promise<BootDevice | undefined> {
    return this.with(target, async (service) => overriddenBoot(service));
  }

  updateFirmware(
    target: BmcTarget,
    image: FirmwareImage,
    progress: ReportProgress,
    signal: AbortSignal,
  ): Promise<void> {
    return this.with(target, (service) => updateFirmware(service, image, { progress, signal, ...this.update }));
  }

  inspect(target: BmcTarget): Promise<BmcFindings> {
    return this.with(target, inspectService);
  }

  private async with<T>(target: BmcTarget, use: (service: RedfishService) => Promise<T>): Promise<T> {
    const client = new RedfishClient(target, this.options);
    try {
      return await use(await RedfishService.open(client, target.machine));
    } finally {
      await client.close();
    }
  }
}
