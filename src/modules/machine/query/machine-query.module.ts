import { Module } from '@nestjs/common';
import { ImageModule } from '../../image/image.module.js';
import { PartitionModule } from '../../partition/partition.module.js';
import { SizeModule } from '../../size/size.module.js';
import { SwitchModule } from '../../switch/switch.module.js';
import { MachineCoreModule } from '../core/machine-core.module.js';
import { MachineEventModule } from '../event/machine-event.module.js';
import { DisclosureService } from './disclosure.js';
import { MachineQueryService } from './machine-query.service.js';
import { MachineViewService } from './machine-view.service.js';
import { MachineController } from './machine.controller.js';

/** Reads of machines, and how responses show them. */
@Module({
  imports: [PartitionModule, SizeModule, ImageModule, SwitchModule, MachineCoreModule, MachineEventModule],
  controllers: [MachineController],
  providers: [MachineQueryService, MachineViewService, DisclosureService],
  exports: [MachineQueryService, MachineViewService, DisclosureService],
})
export class MachineQueryModule {}
