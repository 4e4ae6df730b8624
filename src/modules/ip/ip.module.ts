import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { IpamModule } from '../ipam/ipam.module.js';
import { NetworkModule } from '../network/network.module.js';
import { ProjectModule } from '../project/project.module.js';
import { IpController } from './ip.controller.js';
import { MachineIdLookup } from './ip.js';
import { IpService } from './ip.service.js';
import { IpSweeper } from './ip-sweeper.service.js';
import { ipTable } from './ip.table.js';

@Module({
  imports: [StoreModule.tables(ipTable), IpamModule, NetworkModule, ProjectModule],
  controllers: [IpController],
  providers: [IpService, IpSweeper, MachineIdLookup],
  exports: [IpService, MachineIdLookup],
})
export class IpModule {}
