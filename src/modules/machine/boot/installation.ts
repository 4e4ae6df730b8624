import { createHash, timingSafeEqual } from 'node:crypto';
import { invalid } from '../../../shared/errors/domain-error.js';
import { allocatedVrf, isInstallationOpen } from '../machine-ports.js';
import type { BootInfo, Machine, MachineAllocation } from '../machine.js';

/** How an installer says that the system it installed boots; the image is known. */
export type ReportedBootInfo = Omit<BootInfo, 'imageId'>;

/** What an installer reports at the end of its work. */
export interface InstallationReport {
  readonly consolePassword: string;
  readonly bootInfo: ReportedBootInfo;
}

/**
 * The machine after the report of an installer; the same object when it repeats what was reported before. Throws `invalid`
 * for a machine that is not (or no longer) allocated, has no private network, or on which the system of its tenant runs
 * already: a report then could only replace console password, kernel and command line behind the tenant's back.
 */
export function installed(machine: Machine, report: InstallationReport, now: string): Machine {
  const allocation = allocationOf(machine);
  if (allocatedVrf(allocation) === undefined) {
    throw invalid(`machine "${machine.id}" is in no private network, so its switch ports belong to no VRF`);
  }
  if (!isInstallationOpen(machine)) {
    if (isRepeated(allocation, report)) return machine;
    throw invalid(`machine "${machine.id}" is installed already: order a reinstallation before installing it again`);
  }
  const bootInfo: BootInfo = { ...report.bootInfo, imageId: allocation.imageId };
  const { consolePassword } = report;
  return { ...machine, allocation: { ...allocation, consolePassword, bootInfo, reinstall: false }, changed: now };
}

/**
 * The machine after its reinstallation was given up: with the image that is on its disk, unless that was wiped. The same
 * object for a machine that is free or being freed. Throws `invalid` when no reinstallation runs.
 */
export function restored(machine: Machine, primaryDiskWiped: boolean, now: string): Machine {
  const { allocation, release } = machine;
  if (!allocation || release) return machine;
  if (!allocation.reinstall)
    throw invalid(`machine "${machine.id}" is not being reinstalled, so nothing can be aborted`);
  if (primaryDiskWiped) return machine;
  const imageId = allocation.bootInfo?.imageId ?? allocation.imageId;
  return { ...machine, allocation: { ...allocation, imageId, reinstall: false }, changed: now };
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

/** In a time that tells nothing about where the texts differ. */
const isSameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
