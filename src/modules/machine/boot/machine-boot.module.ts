import { Module } from '@nestjs/common';
import { PartitionModule } from '../../partition/partition.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { MachineInstallationModule } from '../installation/machine-installation.module.js';
import { MachineRegistrationModule } from '../registration/machine-registration.module.js';
import { BootCalls } from './boot-calls.grpc.js';
import { InstallerCalls } from './installer-calls.grpc.js';
import { WaitService } from './wait.service.js';

/** The gRPC services of machines that boot and install. */
@Module({
  imports: [
    PartitionModule,
    MachineCoreModule,
    MachineEventModule,
    MachineInstallationModule,
    MachineRegistrationModule,
  ],
  providers: [BootCalls, InstallerCalls, WaitService],
})
export class MachineBootModule {}
