import type { MessageLimits } from '../../../platform/grpc/routes.js';

/** Limit of a kernel command line, in bytes; kernels themselves accept 2 or 4 KiB. */
const COMMAND_LINE = 8 * 1024;

/**
 * Limits of a registration: several times the size of the largest machines, so that machines with virtual functions
 * on all ports, or with shelves full of disks, can register, too.
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
  // These texts are matched against the patterns of all sizes.
  texts: { 'MachineCPU.model': 256, 'MachineGPU.model': 256, 'MachineBlockDevice.name': 256 },
};

const REPORT: MessageLimits = {
  texts: { 'BootInfo.cmdline': COMMAND_LINE, 'BootServiceReportRequest.message': 16 * 1024 },
};

/** Limits of the methods of the boot service with long messages. */
export const BOOT_LIMITS = { register: REGISTER, report: REPORT };
