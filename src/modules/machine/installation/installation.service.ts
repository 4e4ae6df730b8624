import { Injectable } from '@nestjs/common';
import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { invalid, isDomainError } from '../../../shared/errors/domain-error.js';
import { MAX_DEVICE_MESSAGE } from '../../../shared/text.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import type { CommandState } from '../../command/command.js';
import { CommandService } from '../../command/command.service.js';
import { MachineRepository } from '../core/machine.repository.js';
import { abortReinstallation, finishInstallation } from '../core/transitions/installation.js';
import type { InstallationReport, ReportedBootInfo } from '../core/transitions/installation.js';
import { cleanTexts } from '../core/clean-texts.js';
import type { BootInfo, Machine } from '../machine.js';
import { PortVrfService } from '../core/port-vrf.service.js';
import { ANY_CALLER } from './caller-check.js';

/** Issuer of boot-from-disk commands, as recorded in the journal. */
const ISSUER = 'installation';

/** Final states of commands that had no effect. */
const FRUITLESS: readonly CommandState[] = ['failed', 'expired'];

/** Processes the final reports of installers. */
@Injectable()
export class InstallationService {
  constructor(
    private readonly machines: MachineRepository,
    @InjectLogger() private readonly log: AppLogger,
    private readonly ports: PortVrfService,
    private readonly commands: CommandService,
  ) {}

  /**
   * Like `finish`, but only for the caller that registered the machine (`forbidden` otherwise); also issues the
   * command to boot from disk, once per installation.
   */
  async report(
    machineId: string,
    consolePassword: string,
    info: ReportedBootInfo,
    checkCaller = ANY_CALLER,
  ): Promise<Machine> {
    const { machine, isNew } = await this.finished(machineId, { consolePassword, bootInfo: info }, checkCaller);
    if (isNew) await this.bootFromDisk(machine);
    else await this.repeatDiskBoot(machine);
    return machine;
  }

  /**
   * Records that the operating system is installed: stores its boot info and moves the machine's switch ports into
   * its VRF. Idempotent; a repeated report completes the steps that an earlier call did not reach. Throws
   * `not-found`, `invalid` for a machine that is not (or no longer) allocated, has no private network, or is already
   * installed.
   */
  async finish(machineId: string, consolePassword: string, info: ReportedBootInfo): Promise<Machine> {
    return (await this.finished(machineId, { consolePassword, bootInfo: info })).machine;
  }

  /**
   * Like `restore`, but only for the caller that registered the machine (`forbidden` otherwise); also issues the
   * command to boot from disk, unless the machine was not being reinstalled at all.
   */
  async abortReinstall(
    machineId: string,
    primaryDiskWiped: boolean,
    checkCaller = ANY_CALLER,
  ): Promise<BootInfo | undefined> {
    const { bootInfo, machine } = await this.restored(machineId, primaryDiskWiped, checkCaller);
    if (machine.allocation && !machine.release) await this.bootFromDisk(machine);
    return bootInfo;
  }

  /**
   * Ends a failed reinstallation. If the old system is still on the disk, restores the old image, moves the switch
   * ports back into the VRF that the reinstallation removed them from, and returns the boot info of the system;
   * otherwise returns `undefined`. Throws `not-found`, `invalid` for an allocated machine that is not being
   * reinstalled or is freed in the meantime.
   */
  async restore(machineId: string, primaryDiskWiped: boolean): Promise<BootInfo | undefined> {
    return (await this.restored(machineId, primaryDiskWiped)).bootInfo;
  }

  private async finished(machineId: string, reported: InstallationReport, checkCaller = ANY_CALLER) {
    const report = { ...reported, bootInfo: cleanTexts(reported.bootInfo, MAX_DEVICE_MESSAGE) };
    let isNew = false;
    const machine = await this.machines.change(machineId, (current) => {
      checkCaller(current);
      const next = finishInstallation(current, report);
      isNew = next !== current;
      return next;
    });
    await this.connect(machine);
    return { machine, isNew };
  }

  private async restored(machineId: string, primaryDiskWiped: boolean, checkCaller = ANY_CALLER) {
    const machine = await this.machines.change(machineId, (current) => {
      checkCaller(current);
      return abortReinstallation(current, primaryDiskWiped);
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
      throw invalid(`machine "${id}" is no longer allocated`);
    }
  }

  /**
   * Completes what an interrupted report has left undone for an installed machine, whose installer does not report
   * again: the VRF of its ports first, then boot from disk. Idempotent. Throws `conflict`.
   */
  async complete(machine: Machine): Promise<void> {
    await this.ports.align(machine.id);
    await this.repeatDiskBoot(machine);
  }

  /**
   * Issues the command to boot an installed machine from disk again, if the last one had no effect. Never fails
   * because of that.
   */
  private async repeatDiskBoot(machine: Machine): Promise<void> {
    if (!this.isToldToBootFromDisk(machine)) await this.bootFromDisk(machine);
  }

  /** Whether the machine's last command is an earlier call's boot from disk that has not failed. */
  private isToldToBootFromDisk({ id }: Machine): boolean {
    const [last] = this.commands.list({ machine: id });
    return last?.command === 'DISK' && last.issuer === ISSUER && !FRUITLESS.includes(last.state);
  }

  /**
   * Failing to issue the command is not fatal: the machine may boot from disk anyway if its firmware is configured
   * to.
   */
  private async bootFromDisk({ id, partitionId }: Machine): Promise<void> {
    try {
      await this.commands.issue({
        machine: id,
        partition: partitionId,
        kind: 'command',
        command: 'DISK',
        issuer: ISSUER,
      });
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.log.warn(`could not issue boot from disk for machine ${id}`, error);
    }
  }
}
