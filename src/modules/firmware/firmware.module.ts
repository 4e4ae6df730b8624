import { Module } from '@nestjs/common';
import { CommandModule } from '../command/command.module.js';
import { MachineModule } from '../machine/machine.module.js';
import { FirmwareController } from './firmware.controller.js';
import { FirmwareService } from './firmware.service.js';
import { FirmwareUpdateController } from './firmware-update.controller.js';

@Module({
  imports: [CommandModule, MachineModule],
  controllers: [FirmwareController, FirmwareUpdateController],
  providers: [FirmwareService],
})
export class FirmwareModule {}
