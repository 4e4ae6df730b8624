import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { IpModule } from '../ip/ip.module.js';
import { NetworkModule } from '../network/network.module.js';
import { PartitionModule } from '../partition/partition.module.js';
import { SwitchRegistrationService } from './switch-registration.service.js';
import { SwitchViewService } from './switch-view.service.js';
import { SwitchController } from './switch.controller.js';
import { NeighborUpdater, PortUseLookup } from './switch.js';
import { SwitchService } from './switch.service.js';
import { switchStatusTable, switchTable } from './switch.table.js';

@Module({
  imports: [StoreModule.tables(switchTable, switchStatusTable), PartitionModule, NetworkModule, IpModule],
  controllers: [SwitchController],
  providers: [SwitchService, SwitchRegistrationService, SwitchViewService, PortUseLookup, NeighborUpdater],
  exports: [SwitchService, SwitchViewService, PortUseLookup, NeighborUpdater],
})
export class SwitchModule {}
