import type { MachineFinalizeAllocationRequest } from './installation.dto.js';
import type { ReportedBootInfo } from '../core/transitions/installation.js';

export const toReportedBootInfo = (body: MachineFinalizeAllocationRequest): ReportedBootInfo => ({
  primaryDisk: body.primarydisk ?? '',
  osPartition: body.ospartition ?? '',
  initrd: body.initrd ?? '',
  cmdline: body.cmdline ?? '',
  kernel: body.kernel ?? '',
  bootloaderId: body.bootloaderid ?? '',
});
