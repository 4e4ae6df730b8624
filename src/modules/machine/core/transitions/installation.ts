import { createHash, timingSafeEqual } from 'node:crypto';
import { invalid, malformed } from '../../../../shared/errors/domain-error.js';
import type { ImageId } from '../../../../shared/id.js';
import type { FilesystemLayout } from '../../../filesystem-layout/filesystem-layout.js';
import { allocatedVrf, isInstallationOpen } from '../machine-ports.js';
import type { BootInfo, Machine, MachineAllocation } from '../../machine.js';

/** How the installed system boots, as reported by the installer; the image is known already. */
export type ReportedBootInfo = Omit<BootInfo, 'imageId'>;

/** The final report of an installer. */
export interface InstallationReport {
  readonly consolePassword: string;
  readonly bootInfo: ReportedBootInfo;
}

/**
 * Marks the machine as waiting for an allocation, which makes it a candidate. Returns the same object for a machine
 * that has one, or that is being released: it is about to be rebooted, and the end of the release clears the flag.
 */
export const beginWaiting = (machine: Machine): Machine =>
  machine.waiting || machine.allocation || machine.release ? machine : { ...machine, waiting: true };

/** The installer has received the allocation. A machine that has none keeps waiting, even if the call has ended. */
export const endWaiting = (machine: Machine): Machine =>
  machine.waiting && machine.allocation ? { ...machine, waiting: false } : machine;

/**
 * Applies an installer's report to the machine; returns the same object if it repeats an earlier report. Throws
 * `invalid` for a machine that is not (or no longer) allocated, has no private network, or already runs its tenant's
 * system: such a report could only replace console password, kernel and command line without the tenant's knowledge.
 */
export function finishInstallation(machine: Machine, report: InstallationReport): Machine {
  const allocation = allocationOf(machine);
  if (allocatedVrf(allocation) === undefined) {
    throw invalid(`machine "${machine.id}" is in no private network, so its switch ports belong to no VRF`);
  }
  if (!isInstallationOpen(machine)) {
    if (isRepeated(allocation, report)) return machine;
    throw invalid(`machine "${machine.id}" is already installed: request a reinstallation before installing it again`);
  }
  const bootInfo: BootInfo = { ...report.bootInfo, imageId: allocation.imageId };
  const { consolePassword } = report;
  return { ...machine, allocation: { ...allocation, consolePassword, bootInfo, reinstall: false } };
}

/** Returns the allocation to reinstall. Throws `malformed` for a machine that is free, locked or being freed. */
export function reinstallableAllocation({ id, allocation, release, state }: Machine): MachineAllocation {
  if (!allocation) throw malformed(`machine "${id}" is not allocated, so it cannot be reinstalled`);
  if (release) throw malformed(`machine "${id}" is being freed, so it cannot be reinstalled`);
  if (state.value === 'LOCKED') throw malformed(`machine "${id}" is locked: ${state.description}`);
  return allocation;
}

/**
 * Opens the allocation for another installation, with this image and layout. Keeps the owner and all of its resources,
 * and the boot info of the old system, which an aborted reinstallation returns to. Repeatable. Throws the errors of
 * `reinstallableAllocation`.
 */
export function startReinstallation(machine: Machine, imageId: ImageId, filesystemLayout: FilesystemLayout): Machine {
  const allocation = reinstallableAllocation(machine);
  return { ...machine, allocation: { ...allocation, imageId, filesystemLayout, reinstall: true } };
}

/**
 * Ends the machine's reinstallation: restores the image that is on the disk, unless the disk was wiped. Returns the
 * same object for a machine that is free or being freed. Throws `invalid` if the machine is not being reinstalled.
 */
export function abortReinstallation(machine: Machine, primaryDiskWiped: boolean): Machine {
  const { allocation, release } = machine;
  if (!allocation || release) return machine;
  if (!allocation.reinstall)
    throw invalid(`machine "${machine.id}" is not being reinstalled, so there is no reinstallation to abort`);
  if (primaryDiskWiped) return machine;
  const imageId = allocation.bootInfo?.imageId ?? allocation.imageId;
  return { ...machine, allocation: { ...allocation, imageId, reinstall: false } };
}

function allocationOf({ id, allocation, release }: Machine): MachineAllocation {
  if (!allocation || release) throw invalid(`machine "${id}" is not allocated`);
  return allocation;
}

function isRepeated({ consolePassword, bootInfo }: MachineAllocation, report: InstallationReport): boolean {
  const fields = Object.keys(report.bootInfo) as (keyof ReportedBootInfo)[];
  const isSameSystem = fields.every((field) => bootInfo?.[field] === report.bootInfo[field]);
  return isSameSecret(consolePassword, report.consolePassword) && isSameSystem;
}

/** Compares in constant time, so that timing does not reveal where the texts differ. */
const isSameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
