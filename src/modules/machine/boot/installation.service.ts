import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { invalid, isDomainError } from '../../../shared/errors/domain-error.js';
import { MAX_DEVICE_MESSAGE } from '../../../shared/text.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { CommandService } from '../../command/command.service.js';
import { isPrivatePrimary } from '../../network/machine-networks.js';
import { SwitchService } from '../../switch/switch.service.js';
import type { PortVrf } from '../../switch/switch.service.js';
import { cleanTexts } from '../registration/reported.js';
import type { BootInfo, Machine, MachineAllocation } from '../machine.js';
import { machineTable } from '../machine.table.js';

/** How an installer says that the system it installed boots; the image is known. */
export type ReportedBootInfo = Omit<BootInfo, 'imageId'>;

/** Who orders the boot from disk, in the journal. */
const ISSUER = 'installation';

/** What installers report at the end of their work. */
@Injectable()
export class InstallationService {
  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    private readonly switches: SwitchService,
    private readonly commands: CommandService,
  ) {}

  /** Like `finish`, and orders boot from disk. */
  async report(machineId: string, consolePassword: string, info: ReportedBootInfo): Promise<Machine> {
    const stored = await this.finish(machineId, consolePassword, info);
    await this.bootFromDisk(stored);
    return stored;
  }

  /**
   * The operating system is installed: keeps how it boots and puts the machine's switch ports into its VRF. May be called
   * again. Throws `not-found`, `invalid` for a machine that is not (or no longer) allocated or has no private network.
   */
  async finish(machineId: string, consolePassword: string, info: ReportedBootInfo): Promise<Machine> {
    const stored = await this.machines.update(machineId, (machine) => {
      const allocation = allocationOf(machine);
      portVrf(machine.id, allocation);
      const bootInfo: BootInfo = { ...cleanTexts(info, MAX_DEVICE_MESSAGE), imageId: allocation.imageId };
      return this.with(machine, { ...allocation, consolePassword, bootInfo, reinstall: false });
    });
    await this.connect(stored);
    return stored;
  }

  /** Like `restore`, and orders boot from disk in any case. */
  async abortReinstall(machineId: string, primaryDiskWiped: boolean): Promise<BootInfo | undefined> {
    const bootInfo = await this.restore(machineId, primaryDiskWiped);
    const machine = this.machines.get(machineId);
    if (machine) await this.bootFromDisk(machine);
    return bootInfo;
  }

  /**
   * A reinstallation failed. When the old system is still on the disk, the machine has its old image again, its switch
   * ports go back into the VRF that the reinstallation took them out of, and the result says how the system boots;
   * otherwise `undefined`. May be called again. Throws `not-found`, `invalid` when the machine is freed meanwhile.
   */
  async restore(machineId: string, primaryDiskWiped: boolean): Promise<BootInfo | undefined> {
    const stored = await this.machines.update(machineId, (machine) => {
      const { allocation, release } = machine;
      if (!allocation || release || primaryDiskWiped) return machine;
      const imageId = allocation.bootInfo?.imageId ?? allocation.imageId;
      if (!allocation.reinstall && imageId === allocation.imageId) return machine;
      return this.with(machine, { ...allocation, imageId, reinstall: false });
    });
    const { allocation, release } = stored;
    if (!allocation?.bootInfo || release || primaryDiskWiped) return undefined;
    await this.connect(stored);
    return allocation.bootInfo;
  }

  private async connect({ id, allocation }: Machine): Promise<void> {
    await this.switches.setVrf(id, portVrf(id, allocation!));
    const now = await this.machines.fresh(id);
    if (now?.allocation?.uuid === allocation!.uuid && !now.release) return;
    // It was freed meanwhile; the release may have taken the ports out of the VRF before they were put into it.
    await this.switches.setVrf(id, '');
    throw invalid(`machine "${id}" is not allocated any more`);
  }

  /** The machine boots from disk by itself if its firmware was set up so; then it does not matter that this failed. */
  private async bootFromDisk({ id, partitionId }: Machine): Promise<void> {
    try {
      await this.commands.issue({
        machine: id,
        partition: partitionId,
        type: 'command',
        command: 'DISK',
        issuer: ISSUER,
      });
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.log.warn(`machine ${id} is not told to boot from disk`, error);
    }
  }

  private with(machine: Machine, allocation: MachineAllocation): Machine {
    return { ...machine, allocation, changed: timestamp(this.clock.now()) };
  }
}

function allocationOf({ id, allocation, release }: Machine): MachineAllocation {
  if (!allocation || release) throw invalid(`machine "${id}" is not allocated`);
  return allocation;
}

/** Firewalls route between VRFs, so their ports are in none (reference/30 §7.9). */
function portVrf(machineId: string, { role, networks }: MachineAllocation): PortVrf {
  if (role === 'firewall') return 'default';
  const network = networks.find(({ type }) => isPrivatePrimary(type));
  if (!network) throw invalid(`machine "${machineId}" is in no private network, so its switch ports belong to no VRF`);
  return network.vrf;
}
