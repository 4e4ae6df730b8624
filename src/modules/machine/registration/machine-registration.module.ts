import { Module } from '@nestjs/common';
import { PartitionModule } from '../../partition/partition.module.js';
import { SizeModule } from '../../size/size.module.js';
import { SwitchModule } from '../../switch/switch.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { MachineInstallationModule } from '../installation/machine-installation.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { MachineConnector } from './machine-connector.service.js';
import { RefusedRegistrations } from './refused-registrations.service.js';
import { RegisteredBmcs } from './registered-bmcs.service.js';
import { RegistrationFacts } from './registration-facts.service.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';

/** Registers machines and their hardware. */
@Module({
  imports: [
    PartitionModule,
    SizeModule,
    SwitchModule,
    MachineCoreModule,
    MachineEventModule,
    MachineQueryModule,
    MachineInstallationModule,
  ],
  controllers: [RegistrationController],
  providers: [RegistrationFacts, MachineConnector, RegisteredBmcs, RefusedRegistrations, RegistrationService],
  exports: [RegistrationService],
})
export class MachineRegistrationModule {}
