import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { PartitionController } from './partition.controller.js';
import { PartitionReferences } from './partition.js';
import { PartitionService } from './partition.service.js';
import { partitionTable } from './partition.table.js';

@Module({
  imports: [StoreModule.tables(partitionTable)],
  controllers: [PartitionController],
  providers: [PartitionService, PartitionReferences],
  exports: [PartitionService, PartitionReferences],
})
export class PartitionModule {}
