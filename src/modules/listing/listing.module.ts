import { Module } from '@nestjs/common';
import { AuthModule } from '../../platform/auth/auth.module.js';
import { MachineModule } from '../machine/machine.module.js';
import { WatchModule } from '../watch/watch.module.js';
import { ListingController } from './listing.controller.js';
import { ListingService } from './listing.service.js';

@Module({
  imports: [AuthModule, MachineModule, WatchModule],
  controllers: [ListingController],
  providers: [ListingService],
})
export class ListingModule {}
