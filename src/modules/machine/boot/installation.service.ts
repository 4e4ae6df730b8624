import { Inject, Injectable } from '@nestjs/common';
import { InjectTable } from '../../../platform/store/inject.js';
import type { Table } from '../../../platform/store/table.js';
import { CLOCK, timestamp } from '../../../shared/clock.js';
import type { Clock } from '../../../shared/clock.js';
import { invalid, isDomainError } from '../../../shared/errors/domain-error.js';
import { MAX_DEVICE_MESSAGE } from '../../../shared/text.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import type { CommandState } from '../../command/command.js';
import { CommandService } from '../../command/command.service.js';
import { SwitchService } from '../../switch/switch.service.js';
import { cleanTexts } from '../registration/reported.js';
import type { BootInfo, Machine } from '../machine.js';
import { machineTable } from '../machine.table.js';
import { PortVrfService } from '../port-vrf.service.js';
import { installed, restored } from './installation.js';
import type { InstallationReport, ReportedBootInfo } from './installation.js';
import { ANY_BOX } from './same-box.js';

/** Who orders the boot from disk, in the journal. */
const ISSUER = 'installation';

/** States of orders that nothing came of, and nothing will. */
const FRUITLESS: readonly CommandState[] = ['failed', 'expired'];

/** What installers report at the end of their work. */
@Injectable()
export class InstallationService {
  private readonly ports: PortVrfService;

  constructor(
    @InjectTable(machineTable) private readonly machines: Table<Machine>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
    switches: SwitchService,
    private readonly commands: CommandService,
  ) {
    this.ports = new PortVrfService(machines, switches);
  }

  /** Like `finish`, but for the box that registered the machine only (`forbidden`), and orders boot from disk, once for each installation. */
  async report(
    machineId: string,
    consolePassword: string,
    info: ReportedBootInfo,
    checkBox = ANY_BOX,
  ): Promise<Machine> {
    const { machine, isNew } = await this.finished(machineId, { consolePassword, bootInfo: info }, checkBox);
    if (isNew) await this.bootFromDisk(machine);
    else await this.remindOfDisk(machine);
    return machine;
  }

  /**
   * The operating system is installed: keeps how it boots and puts the machine's switch ports into its VRF. The same report
   * may be repeated, and then completes what an earlier call did not come to. Throws `not-found`, `invalid` for a machine
   * that is not (or no longer) allocated, has no private network, or is installed already.
   */
  async finish(machineId: string, consolePassword: string, info: ReportedBootInfo): Promise<Machine> {
    return (await this.finished(machineId, { consolePassword, bootInfo: info })).machine;
  }

  /** Like `restore`, but for the box that registered the machine only (`forbidden`), and orders boot from disk, unless the machine was not being reinstalled at all. */
  async abortReinstall(
    machineId: string,
    primaryDiskWiped: boolean,
    checkBox = ANY_BOX,
  ): Promise<BootInfo | undefined> {
    const { bootInfo, machine } = await this.restored(machineId, primaryDiskWiped, checkBox);
    if (machine.allocation && !machine.release) await this.bootFromDisk(machine);
    return bootInfo;
  }

  /**
   * A reinstallation failed. When the old system is still on the disk, the machine has its old image again, its switch
   * ports go back into the VRF that the reinstallation took them out of, and the result says how the system boots;
   * otherwise `undefined`. Throws `not-found`, `invalid` for an allocated machine that is not being reinstalled, or that
   * is freed meanwhile.
   */
  async restore(machineId: string, primaryDiskWiped: boolean): Promise<BootInfo | undefined> {
    return (await this.restored(machineId, primaryDiskWiped)).bootInfo;
  }

  private async finished(machineId: string, reported: InstallationReport, checkBox = ANY_BOX) {
    const report = { ...reported, bootInfo: cleanTexts(reported.bootInfo, MAX_DEVICE_MESSAGE) };
    let isNew = false;
    const machine = await this.machines.update(machineId, (current) => {
      checkBox(current);
      const next = installed(current, report, this.now());
      isNew = next !== current;
      return next;
    });
    await this.connect(machine);
    return { machine, isNew };
  }

  private async restored(machineId: string, primaryDiskWiped: boolean, checkBox = ANY_BOX) {
    const machine = await this.machines.update(machineId, (current) => {
      checkBox(current);
      return restored(current, primaryDiskWiped, this.now());
    });
    const { allocation, release } = machine;
    if (!allocation?.bootInfo || release || primaryDiskWiped) return { machine, bootInfo: undefined };
    await this.connect(machine);
    return { machine, bootInfo: allocation.bootInfo };
  }

  private async connect({ id, allocation }: Machine): Promise<void> {
    await this.ports.align(id);
    const now = this.machines.get(id);
    if (now?.allocation?.uuid !== allocation!.uuid || now.release) {
      throw invalid(`machine "${id}" is not allocated any more`);
    }
  }

  /** Orders boot from disk for an installed machine once more, if nothing came of the last order. Never fails for that. */
  async remindOfDisk(machine: Machine): Promise<void> {
    if (!this.isToldToBootFromDisk(machine)) await this.bootFromDisk(machine);
  }

  /** Whether the order of an earlier call is the last thing that the machine was told, and has not failed. */
  private isToldToBootFromDisk({ id }: Machine): boolean {
    const [last] = this.commands.list({ machine: id });
    return last?.command === 'DISK' && last.issuer === ISSUER && !FRUITLESS.includes(last.state);
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

  private now(): string {
    return timestamp(this.clock.now());
  }
}
