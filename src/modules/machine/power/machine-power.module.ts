import { Module } from '@nestjs/common';
import { CommandModule } from '../../command/command.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { MachineQueryModule } from '../query/machine-query.module.js';
import { PowerCommandController } from './power-command.controller.js';
import { PowerController } from './power.controller.js';
import { PowerService } from './power.service.js';

/** Power, boot and LED commands. */
@Module({
  imports: [CommandModule, MachineCoreModule, MachineEventModule, MachineQueryModule],
  controllers: [PowerController, PowerCommandController],
  providers: [PowerService],
})
export class MachinePowerModule {}
