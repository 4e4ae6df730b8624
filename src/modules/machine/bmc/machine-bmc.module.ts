import { Module } from '@nestjs/common';
import { CommandModule } from '../../command/command.module.js';
import { PartitionModule } from '../../partition/partition.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { BmcDirectoryProvider } from './bmc-directory-provider.js';
import { BmcController } from './bmc.controller.js';
import { BmcService } from './bmc.service.js';

/** Reports about BMCs, and the data that agents need to reach them. */
@Module({
  imports: [PartitionModule, CommandModule, MachineCoreModule, MachineEventModule],
  controllers: [BmcController],
  providers: [BmcService, BmcDirectoryProvider],
})
export class MachineBmcModule {}
