import { BmcError } from './bmc.js';
import type { Bmc, BmcState, BmcTarget, BootDevice, PowerAction } from './bmc.js';
import type { Ipmitool } from './ipmitool.js';

/** IPMI chassis commands (NetFn 0x00). */
const IDENTIFY = ['0x00', '0x04'];
const SET_BOOT_OPTIONS = ['0x00', '0x08'];
const GET_BOOT_OPTIONS = ['0x00', '0x09'];

/** Parameters of "set system boot options" and "get system boot options". */
const SET_IN_PROGRESS = 0;
const INFO_ACKNOWLEDGE = 4;
const BOOT_FLAGS = 5;

/** Boot flags: valid, EFI, and whether they stay. */
const PERSISTENT_EFI = 0xe0;
const ONCE_EFI = 0xa0;

const PXE = 0x04;
const BIOS_SETUP = 0x18;

/** BMCs over IPMI, by ipmitool. */
export class IpmiBmc implements Bmc, BmcState {
  constructor(private readonly tool: Ipmitool) {}

  async isOn(target: BmcTarget): Promise<boolean> {
    const output = await this.tool.run(target, ['chassis', 'power', 'status']);
    const [, state] = /Chassis Power is (on|off)/i.exec(output) ?? [];
    if (state === undefined) throw new BmcError('refused', 'the BMC does not tell whether the machine is on');
    return state.toLowerCase() === 'on';
  }

  async power(target: BmcTarget, action: PowerAction): Promise<void> {
    await this.tool.run(target, ['chassis', 'power', action]);
  }

  /** The sequence of reference/40 §9.5; only the flags must be taken, many BMCs lack the steps around them. */
  async boot(target: BmcTarget, device: BootDevice): Promise<void> {
    await this.tryOption(target, SET_IN_PROGRESS, 1);
    await this.tryOption(target, INFO_ACKNOWLEDGE, 1, 1);
    await this.option(target, BOOT_FLAGS, ...bootFlags(device, target.diskDevice));
    await this.tryOption(target, SET_IN_PROGRESS, 2);
    await this.tryOption(target, SET_IN_PROGRESS, 0);
  }

  /** Interval 0, and the second byte says whether it is forced on. */
  async identify(target: BmcTarget, on: boolean): Promise<void> {
    await this.tool.run(target, ['raw', ...IDENTIFY, hex(0), hex(on ? 1 : 0)]);
  }

  /** The answer is version, parameter, and the boot flags with the device in the second byte. */
  async bootDevice(target: BmcTarget): Promise<BootDevice | undefined> {
    const output = await this.tool.run(target, ['raw', ...GET_BOOT_OPTIONS, hex(BOOT_FLAGS), hex(0), hex(0)]);
    const [, byte] = /^\s*(?:[0-9a-f]{2} ){3}([0-9a-f]{2})/m.exec(output) ?? [];
    if (byte === undefined) throw new BmcError('refused', 'the BMC does not tell what the machine boots from');
    const devices = ['pxe', 'disk', 'bios'] as const;
    return devices.find((device) => bootFlags(device, target.diskDevice)[1] === parseInt(byte, 16));
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
function bootFlags(device: BootDevice, diskDevice: number): number[] {
  if (device === 'bios') return [ONCE_EFI, BIOS_SETUP, 0, 0, 0];
  return [PERSISTENT_EFI, device === 'pxe' ? PXE : diskDevice, 0, 0, 0];
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;
