import type { MessageLimits } from '../../../platform/grpc/routes.js';

/** Of a kernel's command line, in bytes; the kernels themselves take 2 or 4 KiB. */
const COMMAND_LINE = 8 * 1024;

/**
 * What an installer may say of a machine: several times what the largest machines have, so that one with virtual
 * functions on all its ports, or shelves full of disks, registers as well.
 */
const REGISTER: MessageLimits = {
  bytes: 512 * 1024,
  elements: {
    'MachineHardware.nics': 512,
    'MachineNic.neighbors': 128,
    'MachineHardware.disks': 1024,
    'MachineHardware.cpus': 512,
    'MachineHardware.gpus': 128,
    'BootServiceRegisterRequest.tags': 256,
  },
  // These meet the patterns of all sizes.
  texts: { 'MachineCPU.model': 256, 'MachineGPU.model': 256, 'MachineBlockDevice.name': 256 },
};

const REPORT: MessageLimits = {
  texts: { 'BootInfo.cmdline': COMMAND_LINE, 'BootServiceReportRequest.message': 16 * 1024 },
};

/** By method of the boot service. */
export const BOOT_LIMITS: Readonly<Record<string, MessageLimits>> = { Register: REGISTER, Report: REPORT };
