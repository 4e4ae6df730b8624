import { Module } from '@nestjs/common';
import { CommandModule } from '../../command/command.module.js';
import { SwitchModule } from '../../switch/switch.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { MachineInstallationModule } from '../installation/machine-installation.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { AdministrationController } from './administration.controller.js';
import { ConsoleController } from './console.controller.js';
import { ConsoleService } from './console.service.js';
import { AdministrationService } from './administration.service.js';
import { ReinstallService } from './reinstall.service.js';
import { RemovalService } from './removal.service.js';

/** What operators and cluster controllers do with machines, apart from allocation. */
@Module({
  imports: [
    SwitchModule,
    CommandModule,
    MachineCoreModule,
    MachineEventModule,
    MachineQueryModule,
    MachineInstallationModule,
  ],
  controllers: [AdministrationController, ConsoleController],
  providers: [AdministrationService, ConsoleService, ReinstallService, RemovalService],
})
export class MachineAdministrationModule {}
