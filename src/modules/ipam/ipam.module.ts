import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { IpamService } from './ipam.service.js';
import { childLedgerTable, reservationLedgerTable } from './ipam.table.js';

@Module({
  imports: [StoreModule.tables(reservationLedgerTable, childLedgerTable)],
  providers: [IpamService],
  exports: [IpamService],
})
export class IpamModule {}
