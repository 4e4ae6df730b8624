import { Module } from '@nestjs/common';
import { StoreModule } from '../../platform/store/store.module.js';
import { PartitionModule } from '../partition/partition.module.js';
import { ProjectModule } from '../project/project.module.js';
import { SizeReservationController } from './size-reservation.controller.js';
import { AllocationCounter } from './size-reservation.js';
import { SizeReservationService } from './size-reservation.service.js';
import { sizeReservationTable } from './size-reservation.table.js';
import { SizeController } from './size.controller.js';
import { HardwareLookup, SizeReferences } from './size.js';
import { SizeService } from './size.service.js';
import { sizeTable } from './size.table.js';

@Module({
  imports: [StoreModule.tables(sizeTable, sizeReservationTable), PartitionModule, ProjectModule],
  // Reservations first: otherwise their path would be taken for the ID of a size.
  controllers: [SizeReservationController, SizeController],
  providers: [SizeService, SizeReservationService, SizeReferences, HardwareLookup, AllocationCounter],
  exports: [SizeService, SizeReservationService, SizeReferences, HardwareLookup, AllocationCounter],
})
export class SizeModule {}
