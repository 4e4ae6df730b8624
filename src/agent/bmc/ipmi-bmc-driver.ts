import { BmcError, defaultPersistence } from './bmc-driver.js';
import type { BmcDriver, BmcReader, BmcTarget, BootDevice, BootPersistence, ChassisPowerAction } from './bmc-driver.js';
import type { BmcFindings, BmcInspector } from './bmc-inspector.js';
import { inspectOverIpmi } from './ipmi-inspection.js';
import type { Ipmitool } from './ipmitool.js';

/** IPMI chassis commands (NetFn 0x00). */
const IDENTIFY = ['0x00', '0x04'];
const SET_BOOT_OPTIONS = ['0x00', '0x08'];
const GET_BOOT_OPTIONS = ['0x00', '0x09'];

/** Parameters of "Set System Boot Options" and "Get System Boot Options". */
const SET_IN_PROGRESS = 0;
const INFO_ACKNOWLEDGE = 4;
const BOOT_FLAGS = 5;

/** First byte of the boot flags: valid, EFI, and either persistent or for the next boot only. */
const PERSISTENT_EFI = 0xe0;
const ONCE_EFI = 0xa0;

const PXE = 0x04;
const BIOS_SETUP = 0x18;

/** Controls BMCs over IPMI by running ipmitool. */
export class IpmiBmcDriver implements BmcDriver, BmcReader, BmcInspector {
  constructor(private readonly tool: Ipmitool) {}

  async isOn(target: BmcTarget): Promise<boolean> {
    const output = await this.tool.run(target, ['chassis', 'power', 'status']);
    const [, state] = /Chassis Power is (on|off)/i.exec(output) ?? [];
    if (state === undefined) throw new BmcError('refused', 'the BMC does not report whether the machine is on');
    return state.toLowerCase() === 'on';
  }

  async power(target: BmcTarget, action: ChassisPowerAction): Promise<void> {
    await this.tool.run(target, ['chassis', 'power', action]);
  }

  /**
   * Runs the sequence of docs/reference/partition-services.md#bmc-operations. Only the boot flags must succeed; many
   * BMCs lack the other steps.
   */
  async setBootDevice(target: BmcTarget, device: BootDevice, persistence = defaultPersistence(device)): Promise<void> {
    await this.tryOption(target, SET_IN_PROGRESS, 1);
    await this.tryOption(target, INFO_ACKNOWLEDGE, 1, 1);
    await this.option(target, BOOT_FLAGS, ...bootFlags(device, target.diskDevice, persistence));
    await this.tryOption(target, SET_IN_PROGRESS, 2);
    await this.tryOption(target, SET_IN_PROGRESS, 0);
  }

  /** The interval is 0; the second byte forces the LED on or switches it off. */
  async setIdentifyLed(target: BmcTarget, on: boolean): Promise<void> {
    await this.tool.run(target, ['raw', ...IDENTIFY, hex(0), hex(on ? 1 : 0)]);
  }

  /** The response consists of version, parameter and boot flags; the second byte of the flags is the device. */
  async bootDevice(target: BmcTarget): Promise<BootDevice | undefined> {
    const output = await this.tool.run(target, ['raw', ...GET_BOOT_OPTIONS, hex(BOOT_FLAGS), hex(0), hex(0)]);
    const [, byte] = /^\s*(?:[0-9a-f]{2} ){3}([0-9a-f]{2})/m.exec(output) ?? [];
    if (byte === undefined) throw new BmcError('refused', 'the BMC does not report the boot device');
    const devices = ['pxe', 'disk', 'bios'] as const;
    return devices.find((device) => selectorOf(device, target.diskDevice) === parseInt(byte, 16));
  }

  /** IPMI has no command for it that vendors share. */
  async updateFirmware({ host }: BmcTarget): Promise<void> {
    throw new BmcError('unsupported', `BMC ${host} is reached by IPMI, which cannot update firmware; Redfish can`);
  }

  inspect(target: BmcTarget): Promise<BmcFindings> {
    return inspectOverIpmi(this.tool, target);
  }

  private async option(target: BmcTarget, parameter: number, ...data: number[]): Promise<void> {
    await this.tool.run(target, ['raw', ...SET_BOOT_OPTIONS, hex(parameter), ...data.map(hex)]);
  }

  private async tryOption(target: BmcTarget, parameter: number, ...data: number[]): Promise<void> {
    try {
      await this.option(target, parameter, ...data);
    } catch (error) {
      if (!(error instanceof BmcError && error.failure === 'refused')) throw error;
    }
  }
}

/** The five bytes of the boot flags. */
function bootFlags(device: BootDevice, diskDevice: number, persistence: BootPersistence): number[] {
  return [persistence === 'once' ? ONCE_EFI : PERSISTENT_EFI, selectorOf(device, diskDevice), 0, 0, 0];
}

const selectorOf = (device: BootDevice, diskDevice: number): number =>
  ({ pxe: PXE, disk: diskDevice, bios: BIOS_SETUP })[device];

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
