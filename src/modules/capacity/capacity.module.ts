import { Module } from '@nestjs/common';
import { MachineModule } from '../machine/machine.module.js';
import { PartitionModule } from '../partition/partition.module.js';
import { SizeModule } from '../size/size.module.js';
import { CapacityController } from './capacity.controller.js';
import { CapacityService } from './capacity.service.js';

@Module({
  imports: [PartitionModule, SizeModule, MachineModule],
  controllers: [CapacityController],
  providers: [CapacityService],
})
export class CapacityModule {}
