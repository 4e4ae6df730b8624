import { Module } from '@nestjs/common';
import { IpModule } from '../ip/ip.module.js';
import { IpamModule } from '../ipam/ipam.module.js';
import { MachineModule } from '../machine/machine.module.js';
import { NetworkModule } from '../network/network.module.js';
import { PartitionModule } from '../partition/partition.module.js';
import { PoolModule } from '../pool/pool.module.js';
import { ProjectModule } from '../project/project.module.js';
import { SwitchModule } from '../switch/switch.module.js';
import { FsckController } from './fsck.controller.js';
import { FsckRepairs } from './fsck-repair.service.js';
import { FsckService } from './fsck.service.js';
import { FsckSnapshots } from './fsck-snapshot.service.js';

@Module({
  imports: [
    PartitionModule,
    ProjectModule,
    NetworkModule,
    IpamModule,
    PoolModule,
    IpModule,
    MachineModule,
    SwitchModule,
  ],
  controllers: [FsckController],
  providers: [FsckService, FsckSnapshots, FsckRepairs],
  exports: [FsckService],
})
export class FsckModule {}
