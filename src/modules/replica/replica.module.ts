import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { ReplicaController } from './replica.controller.js';
import { replicaTable } from './replica.table.js';
import { Replicas } from './replicas.service.js';

@Module({
  imports: [StoreModule.tables(replicaTable)],
  controllers: [ReplicaController],
  providers: [Replicas],
  exports: [Replicas],
})
export class ReplicaModule {}
