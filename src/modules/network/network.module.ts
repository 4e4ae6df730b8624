import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { IpamModule } from '../ipam/ipam.module.js';
import { PartitionModule } from '../partition/partition.module.js';
import { PoolModule } from '../pool/pool.module.js';
import { ProjectModule } from '../project/project.module.js';
import { IpOwnerLookup, NetworkReferences } from './network.js';
import { NetworkController } from './network.controller.js';
import { NetworkService } from './network.service.js';
import { NetworkSweeper } from './network-sweeper.service.js';
import { networkTable } from './network.table.js';

@Module({
  imports: [StoreModule.tables(networkTable), IpamModule, PoolModule, ProjectModule, PartitionModule],
  controllers: [NetworkController],
  providers: [NetworkService, NetworkSweeper, NetworkReferences, IpOwnerLookup],
  exports: [NetworkService, NetworkReferences, IpOwnerLookup],
})
export class NetworkModule {}
