import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { PoolService } from './pool.service.js';
import { asnTable, vrfTable } from './pool.table.js';

@Module({
  imports: [StoreModule.tables(vrfTable, asnTable)],
  providers: [PoolService],
  exports: [PoolService],
})
export class PoolModule {}
