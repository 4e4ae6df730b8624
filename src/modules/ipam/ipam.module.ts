import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { IpamService } from './ipam.service.js';
import { childLedgerTable, prefixLedgerTable } from './ipam.table.js';

@Module({
  imports: [StoreModule.tables(prefixLedgerTable, childLedgerTable)],
  providers: [IpamService],
  exports: [IpamService],
})
export class IpamModule {}
